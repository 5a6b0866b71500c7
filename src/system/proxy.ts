// HTTPS_PROXY and NO_PROXY for the built-in fetch. Bun takes a proxy with each request, Node 24 once for the process,
// and Node 22 only from NODE_USE_ENV_PROXY=1 at its start. Plain http is loopback and never goes through a proxy.
import { Fault } from '../errors.ts'
import { isLoopback } from './http-url.ts'

export type ProxyEnvironment = Readonly<Record<string, string | undefined>>

/** What fetch must be given so that it asks `url` through the right proxy, or through none. */
export async function proxyInit(url: URL, env: ProxyEnvironment): Promise<RequestInit> {
  const proxy = proxyFor(url, env)
  if ('Bun' in globalThis) return { proxy: proxy ?? false } as RequestInit
  if (proxy !== undefined) await useProxyInNode(env)
  return {}
}

/** The proxy for `url`, or undefined to ask directly. */
export function proxyFor(url: URL, env: ProxyEnvironment): string | undefined {
  const proxy = env['https_proxy'] || env['HTTPS_PROXY'] || env['all_proxy'] || env['ALL_PROXY']
  if (!proxy || url.protocol !== 'https:' || isLoopback(url)) return undefined
  return isExempt(url, env['no_proxy'] || env['NO_PROXY'] || '') ? undefined : proxy
}

/** Node with NODE_USE_ENV_PROXY sends plain http through HTTP_PROXY too, and with it what is secret. Throws `config`. */
export function checkDirect(url: URL, env: ProxyEnvironment): void {
  if (url.protocol !== 'http:' || env['NODE_USE_ENV_PROXY'] !== '1' || 'Bun' in globalThis) return
  if (!(env['http_proxy'] || env['HTTP_PROXY']) || isExempt(url, env['no_proxy'] || env['NO_PROXY'] || '')) return
  throw new Fault('config', `plain http to ${url.host} would go through the proxy`, {
    hint: `add ${url.hostname} to NO_PROXY, or unset NODE_USE_ENV_PROXY`,
  })
}

/** NO_PROXY: host names, which cover their subdomains, each with an optional leading dot or `*.` and port; or `*`. */
function isExempt(url: URL, list: string): boolean {
  const port = url.port || (url.protocol === 'http:' ? '80' : '443')
  return list.split(/[\s,]+/).some((entry) => {
    const match = /^(?:\*?\.)?(.+?)(?::(\d+))?$/.exec(entry.toLowerCase())
    if (match?.[1] === undefined || (match[2] !== undefined && match[2] !== port)) return false
    return match[1] === '*' || url.hostname === match[1] || url.hostname.endsWith(`.${match[1]}`)
  })
}

let nodeIsSet = false

async function useProxyInNode(env: ProxyEnvironment): Promise<void> {
  if (nodeIsSet) return
  nodeIsSet = true
  const http: { setGlobalProxyFromEnv?: (env: Record<string, string>) => unknown } = await import('node:http')
  const https = env['https_proxy'] || env['HTTPS_PROXY'] || env['all_proxy'] || env['ALL_PROXY'] || ''
  const direct = `localhost,127.0.0.1,::1,${env['no_proxy'] || env['NO_PROXY'] || ''}`
  http.setGlobalProxyFromEnv?.({ https_proxy: https, no_proxy: direct })
}
