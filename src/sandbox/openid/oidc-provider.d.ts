// What is used of oidc-provider, which comes without types. Its index warns about Bun on import, so the parts are named.

declare module 'oidc-provider/lib/provider.js' {
  import type { IncomingMessage, ServerResponse } from 'node:http'

  /** What Koa gives to a middleware. */
  export interface Context {
    readonly req: IncomingMessage
    readonly res: ServerResponse
    readonly method: string
    readonly path: string
    readonly query: Readonly<Record<string, string | readonly string[] | undefined>>
    readonly state: Record<string, unknown>
    readonly oidc?: { readonly session?: { readonly accountId?: string; readonly state?: { readonly secret: string } } }
    querystring: string
    status: number
    type: string
    body: unknown
    get(header: string): string
    set(header: string, value: string): void
    redirect(url: string): void
    throw(status: number, message: string): never
  }

  export interface Client {
    readonly clientId: string
    redirectUriAllowed(uri: string): boolean
  }

  export interface Grant {
    addOIDCScope(scope: string): void
    save(): Promise<string>
  }

  export interface Interaction {
    readonly uid: string
    readonly params: Readonly<Record<string, string | undefined>>
    readonly deviceCode?: string
  }

  export type LoginResult =
    | { readonly login: { readonly accountId: string; readonly remember: false } }
    | { readonly error: string; readonly error_description: string }

  export class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>)
    silent: boolean
    readonly Client: { readonly prototype: Client }
    readonly Grant: new (of: {
      readonly accountId: string
      readonly clientId: string
    }) => Grant
    use(middleware: (context: Context, next: () => Promise<void>) => Promise<void>): this
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>
    on(event: 'server_error', listener: (context: Context, error: unknown) => void): this
    on(event: 'error', listener: (error: unknown, context: Context) => void): this
    /** Throws where the request carries no cookie of a login that is under way. */
    interactionDetails(request: IncomingMessage, response: ServerResponse): Promise<Interaction>
    /** Where the browser goes next. */
    interactionResult(request: IncomingMessage, response: ServerResponse, result: LoginResult): Promise<string>
  }
}

declare module 'oidc-provider/lib/helpers/interaction_policy/index.js' {
  export interface Prompt {
    readonly checks: { clear(): void }
  }
  export function base(): { get(name: string): Prompt | undefined }
}

declare module 'oidc-provider/lib/adapters/memory_adapter.js' {
  import type LRU from 'oidc-provider/lib/helpers/lru.js'
  export default class MemoryAdapter {
    constructor(model: string, store: LRU)
  }
}

declare module 'oidc-provider/lib/helpers/lru.js' {
  export default class LRU {
    constructor(options: { readonly maxSize: number })
  }
}
