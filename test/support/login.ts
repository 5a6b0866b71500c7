// What a person does in a browser on the pages of the sandbox's issuer, done by HTTP: follows redirects on the issuer's
// own origin, keeps cookies, and posts the forms that it is shown.

/** Who logs in, or that whoever is asked cancels. */
export type Answer = string | { readonly cancel: true }

/** Follows the authorization URL and answers the login page. The URL to which the browser is sent then: not fetched. */
export async function logInByHttp(url: string, answer: Answer): Promise<URL> {
  const browser = new Browser()
  const login = await browser.open(url)
  const { redirect, body } = await browser.submit(login, fieldsFor(answer))
  if (redirect === undefined) throw new Error(`the issuer sent the browser nowhere: ${textOf(body)}`)
  return redirect
}

/** Opens the `verification_uri_complete`, confirms the code, and answers the login page. The last page's heading. */
export async function approveDevice(url: string, answer: Answer): Promise<string> {
  const browser = new Browser()
  const login = await browser.submit(await browser.open(url), {})
  const { body } = await browser.submit(login, fieldsFor(answer))
  return textOf(/<h1>(.*?)<\/h1>/s.exec(body)?.[1] ?? '')
}

export interface Shown {
  readonly url: URL
  readonly status: number
  readonly body: string
  readonly headers: Headers
  /** Set where the browser was sent to another origin, which was not asked. */
  readonly redirect?: URL
}

/** One browser: its cookies, by name and path. */
export class Browser {
  readonly #cookies = new Map<string, { readonly path: string; readonly pair: string }>()

  /** Ends at a page or at a redirect to another origin. */
  async open(url: string | URL, init: RequestInit = {}): Promise<Shown> {
    const from = new URL(url)
    const answer = await fetch(from, { ...init, redirect: 'manual', headers: this.#headers(from, init) })
    this.#keep(answer)
    const body = await answer.text()
    const location = answer.headers.get('location')
    const shown = { url: from, status: answer.status, body, headers: answer.headers }
    if (answer.status < 300 || answer.status >= 400 || location === null) return shown
    const to = new URL(location, from)
    return to.origin === from.origin ? await this.open(to) : { ...shown, redirect: to }
  }

  /** Posts the only form of a page: its hidden fields and those that are given. */
  async submit({ url, body }: Shown, fields: Readonly<Record<string, string>>): Promise<Shown> {
    const action = /<form[^>]* action="([^"]*)"/.exec(body)?.[1]
    if (action === undefined) throw new Error(`there is no form here: ${textOf(body)}`)
    const hidden = [...body.matchAll(/<input[^>]* type="hidden"[^>]*>/g)].map(([input]) => [
      attribute(input, 'name'),
      attribute(input, 'value'),
    ])
    const form = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields })
    return await this.open(new URL(action, url), { method: 'POST', body: form })
  }

  #headers({ pathname }: URL, init: RequestInit): Headers {
    const headers = new Headers({ accept: 'text/html', ...(init.headers as Record<string, string> | undefined) })
    const sent = [...this.#cookies.values()].filter(({ path }) => pathname === path || pathname.startsWith(`${path}/`))
    if (sent.length > 0) headers.set('cookie', sent.map(({ pair }) => pair).join('; '))
    return headers
  }

  #keep(answer: Response): void {
    for (const cookie of answer.headers.getSetCookie()) {
      const [pair = ''] = cookie.split(';')
      const path = /;\s*path=([^;]*)/i.exec(cookie)?.[1]?.replace(/\/$/, '') ?? ''
      const key = `${pair.split('=')[0]} ${path}`
      if (/expires=Thu, 01 Jan 1970/i.test(cookie)) this.#cookies.delete(key)
      else this.#cookies.set(key, { path, pair })
    }
  }
}

/** The page as it is read. */
export function textOf(body: string): string {
  return body
    .replace(/<style>.*?<\/style>/s, '')
    .replace(/<[^>]*>/g, ' ')
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCharCode(Number(code)))
    .replace(/\s+/g, ' ')
    .trim()
}

function fieldsFor(answer: Answer): Readonly<Record<string, string>> {
  return typeof answer === 'string' ? { email: answer } : { cancel: 'yes' }
}

function attribute(input: string, name: string): string {
  return textOf(new RegExp(` ${name}="([^"]*)"`).exec(input)?.[1] ?? '')
}
