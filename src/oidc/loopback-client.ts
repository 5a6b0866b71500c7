// The redirect of an authorization code login (RFC 8252 7.3): a page on this machine that takes the one answer with our
// state, and leaves all others alone: a page elsewhere can make a browser ask here, and must not end a login by that.
import { timingSafeEqual } from 'node:crypto'
import { encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { isLoopback } from '../system/http-url.ts'
import { type LoopbackAnswer, listenOnLoopback } from '../system/loopback.ts'
import { failurePage, type Page } from './pages.ts'

export interface Redirect {
  /** What the issuer is told to come back to. */
  readonly uri: string
  /** The answer that belongs to this login; waits for it as long as it takes. */
  readonly callback: Promise<Callback>
  close(): void
}

export interface Callback {
  /** `Redirect.uri` with the issuer's parameters. */
  readonly url: URL
  /** Ends the browser's request, and resolves when the page is on its way. */
  show(page: Page): Promise<void>
}

const PATH = '/auth/callback'
const STRAY = failurePage('This answer belongs to no login that waits here. It may be of an earlier one.')
const NOT_FOUND: Page = { status: 404, headers: { 'content-type': 'text/plain' }, body: 'not found\n' }

/** Throws `config` for a redirect URL that is not on this machine, `io` where its port is taken. */
export async function openRedirect(state: string, redirectURL?: string): Promise<Redirect> {
  const { port, path } = redirectPlace(redirectURL)
  const { promise: callback, resolve } = Promise.withResolvers<Callback>()
  let isTaken = false
  const listener = await listenOnLoopback(port, async (target) => {
    const url = new URL(target, uri)
    if (url.pathname !== path) return NOT_FOUND
    if (isTaken || !isSame(url.searchParams.get('state') ?? '', state)) return STRAY
    isTaken = true
    return await answerBy(url, uri, resolve)
  })
  const uri = redirectURL !== undefined && port !== 0 ? redirectURL : `http://localhost:${listener.port}${path}`
  return { uri, callback, close: listener.close }
}

function redirectPlace(redirectURL: string | undefined): { readonly port: number; readonly path: string } {
  if (redirectURL === undefined || redirectURL === '') return { port: 0, path: PATH }
  const url = new URL(redirectURL)
  if (url.protocol !== 'http:' || !isLoopback(url))
    throw new Fault('config', `redirectURL: this machine cannot answer at ${url.origin}`, {
      hint: 'use http://localhost:PORT/PATH as it is registered with the issuer, or the device flow',
    })
  return { port: url.port === '' ? 80 : Number(url.port), path: url.pathname }
}

// The browser waits for its page until the code has been exchanged, so that what it shows is true.
function answerBy(url: URL, uri: string, resolve: (callback: Callback) => void): Promise<LoopbackAnswer> {
  const answer = Promise.withResolvers<LoopbackAnswer>()
  const back = new URL(uri)
  back.search = url.search
  const show = (page: Page) => new Promise<void>((sent) => answer.resolve({ ...page, sent }))
  resolve({ url: back, show })
  return answer.promise
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [encodeUtf8(one), encodeUtf8(other)]
  return a.length === b.length && timingSafeEqual(a, b)
}
