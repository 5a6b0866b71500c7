// How the sandbox's Fulcio reads an issuer's discovery and keys: plain http on this machine, https elsewhere.
import { Buffer } from 'node:buffer'
import { createHttp } from '../system/http.ts'

/** A GET for JSON; throws where there is no such answer. Each call has its own budget, as each is a request's own wait. */
export async function fetchJson(url: string): Promise<unknown> {
  const http = createHttp({ userAgent: 'gitsigil-sandbox', budget: 5000 })
  const { status, body } = await http.request({ service: 'the issuer', url, code: 'identity', retry: 'never' })
  if (status !== 200) throw new Error(`${url} answered ${status}`)
  return JSON.parse(Buffer.from(body).toString('utf8'))
}
