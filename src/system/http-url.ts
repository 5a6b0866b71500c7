// Which URLs may be asked: https, or http on loopback, so that no token crosses a network in the clear; and, where a
// request says so, Google's metadata server.
import { Fault } from '../errors.ts'

/**
 * Throws `config` for a URL that must not be asked. The fault never quotes the URL, which may hold a password.
 * `metadata`: Google's metadata server may be asked too.
 */
export function checkServiceUrl(service: string, text: string, metadata = false): URL {
  if (!URL.canParse(text)) throw new Fault('config', `the URL of ${service} is not one`)
  const url = new URL(text)
  const why = metadata && isMetadataServer(url) ? undefined : urlProblem(url)
  if (why !== undefined) throw new Fault('config', `the URL of ${service} ${why}`)
  return url
}

/** Why `url` may not be asked, or undefined. */
export function urlProblem(url: URL): string | undefined {
  if (url.username !== '' || url.password !== '') return 'holds a name or password'
  if (url.protocol === 'https:') return undefined
  if (url.protocol !== 'http:') return 'is neither https nor http'
  return isLoopback(url) ? undefined : `is plain http to ${url.hostname}: only this machine may be asked without TLS`
}

/** `localhost`, 127.0.0.0/8 and ::1 as literals; no name is looked up. */
export function isLoopback(url: URL): boolean {
  return /^(?:localhost|127\.\d{1,3}\.\d{1,3}\.\d{1,3}|\[::1\])$/.test(url.hostname)
}

/**
 * Google's metadata server, the one exception: it has no TLS, and its address is link-local, answered by the machine's
 * own host. Its two fixed names alone, on port 80, and only for a request that says so; never as a redirect's target.
 */
function isMetadataServer(url: URL): boolean {
  return /^http:\/\/(?:169\.254\.169\.254|metadata\.google\.internal)\/computeMetadata\/v1\//.test(url.href)
}

/** Hosts of the public-good instance, whose outages have a page. */
export function isPublicGood(url: URL): boolean {
  return url.hostname === 'sigstore.dev' || url.hostname.endsWith('.sigstore.dev')
}

/** `path` below a base URL that may or may not end in a slash. */
export function endpoint(base: string, path: string): string {
  return base.replace(/\/+$/, '') + path
}
