// Pages of the sandbox's issuer: plain HTML without a script, that load nothing and may be framed by nobody.
import { createHash } from 'node:crypto'
import type { Context } from 'oidc-provider/lib/provider.js'
import { NOTICE } from '../notice.ts'

/** HTML that needs no more escaping; made by `html` alone. */
export interface Html {
  readonly html: string
}

/** Texts in it are escaped. */
export function html(parts: TemplateStringsArray, ...values: readonly (string | Html)[]): Html {
  const escaped = values.map((value) => (typeof value === 'string' ? escapeHtml(value) : value.html))
  return { html: parts.map((part, at) => part + (escaped[at] ?? '')).join('') }
}

export interface Page {
  readonly title: string
  readonly body: Html
  /** Origin to which a form's answer may lead on: Chromium holds redirects to `form-action` too. */
  readonly formTarget?: string
}

export function sendPage(context: Context, status: number, page: Page): void {
  context.status = status
  context.type = 'text/html; charset=utf-8'
  context.set('content-security-policy', policyFor(page.formTarget))
  context.set('x-content-type-options', 'nosniff')
  context.set('cache-control', 'no-store')
  // The address holds the state of a login. `no-referrer` would hide from us that a form came from here.
  context.set('referrer-policy', 'same-origin')
  context.body = documentOf(page)
}

/** The origin of a redirect URI, as a content security policy can name it: it has no form for `[::1]`. */
export function formTargetOf(redirectUri: string | undefined): string | undefined {
  if (redirectUri === undefined || !URL.canParse(redirectUri)) return undefined
  const { origin, hostname } = new URL(redirectUri)
  return hostname.startsWith('[') ? 'http:' : origin
}

function policyFor(target: string | undefined): string {
  return [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    `form-action 'self'${target === undefined ? '' : ` ${target}`}`,
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ')
}

function documentOf({ title, body }: Page): string {
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} \u2013 gitsigil sandbox</title>
<style>${{ html: STYLE }}</style>
</head>
<body>
<main>
<h1>${title}</h1>
${body}
</main>
<footer><p>${NOTICE}. No password is asked: whoever reaches this page may be anybody.</p></footer>
</body>
</html>
`.html
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const STYLE = `
:root { color-scheme: light dark; --text: #1d2125; --ground: #f4f5f7; --card: #fff; --line: #6b7480; --accent: #0b5cad; --on: #fff; --bad: #b3261e }
@media (prefers-color-scheme: dark) {
  :root { --text: #e6e9ed; --ground: #15181c; --card: #1f242a; --line: #8b95a1; --accent: #8ec5ff; --on: #0b1b2b; --bad: #ffb4ab }
}
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; padding: 2rem 1rem; display: grid; align-content: center; justify-items: center; gap: 1rem; background: var(--ground); color: var(--text); font: 1rem/1.5 system-ui, sans-serif }
main { width: 100%; max-width: 26rem; padding: 1.5rem 2rem 2rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem }
h1 { margin: 0 0 .75rem; font-size: 1.375rem; line-height: 1.25 }
p { margin: 0 0 1rem; overflow-wrap: anywhere }
main > p:last-child { margin: 0 }
label { display: block; margin-bottom: .25rem; font-weight: 600 }
input { width: 100%; padding: .625rem .75rem; font: inherit; color: inherit; background: transparent; border: 1px solid var(--line); border-radius: .375rem }
input[name=user_code], .code { font-family: ui-monospace, monospace; font-size: 1.25rem; letter-spacing: .08em; text-transform: uppercase }
.error { color: var(--bad); font-weight: 600 }
.choices { display: flex; flex-wrap: wrap; gap: .75rem; margin-top: 1.25rem }
button { padding: .625rem 1.25rem; font: inherit; font-weight: 600; color: var(--on); background: var(--accent); border: 1px solid var(--accent); border-radius: .375rem; cursor: pointer }
button.quiet { color: var(--accent); background: transparent }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
footer { max-width: 26rem; font-size: .875rem }
`
