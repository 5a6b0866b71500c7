// What a browser sent with a form of our own pages.
import { Buffer } from 'node:buffer'
import type { Context } from 'oidc-provider/lib/provider.js'

/**
 * The fields. Answers 403 to a form on another page: cookies do not tell the ports of this machine apart, so a page of
 * any other local server could log a browser in as somebody.
 */
export async function readForm(context: Context): Promise<URLSearchParams> {
  const site = context.get('sec-fetch-site')
  if (site !== '' && site !== 'same-origin') context.throw(403, 'the form is not one of this page')
  const chunks: Buffer[] = []
  for await (const chunk of context.req) chunks.push(chunk as Buffer)
  return new URLSearchParams(Buffer.concat(chunks).toString('utf8'))
}
