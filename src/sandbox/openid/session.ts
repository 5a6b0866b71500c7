// A browser's session lasts one login, so that each asks who is there, and two at once do not meet. The provider's own
// would last a fortnight, log the next one in as the last person, and refuse the first of two.
import type { Context } from 'oidc-provider/lib/provider.js'

const NAME = '_session='

export async function ownSession(context: Context, next: () => Promise<void>): Promise<void> {
  const { headers } = context.req
  if (context.method === 'GET' && context.path === '/device' && headers.cookie !== undefined)
    headers.cookie = cookiesOf(headers.cookie).join('; ')
  await next()
  const cookies = [context.res.getHeader('set-cookie') ?? []].flat().map(String)
  // Only the form for the code and its answer share one.
  const kept = context.path.startsWith('/device')
    ? cookies.map((cookie) => (cookie.startsWith(NAME) ? cookie.replace('path=/', 'path=/device') : cookie))
    : cookies.filter((cookie) => !cookie.startsWith(NAME))
  if (kept.length > 0) context.res.setHeader('set-cookie', kept)
  else context.res.removeHeader('set-cookie')
}

function cookiesOf(header: string): readonly string[] {
  return header.split('; ').filter((cookie) => !cookie.startsWith(NAME))
}
