// What the browser shows when it comes back from a login. Nothing is loaded from anywhere, and the one script and style
// sheet are allowed by their hashes alone, so that what an issuer says can be no more than text.
import { hash } from 'node:crypto'

export interface Page {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

export interface PageOptions {
  /** Seconds until the page closes itself; undefined: it stays. */
  readonly closeAfter: number | undefined
}

/** Who is logged in now, and what is next. */
export function successPage(who: { readonly subject: string; readonly issuer: string }, options: PageOptions): Page {
  const words = `<p>You are signed in as <strong>${escapeHtml(who.subject)}</strong>
<small>by ${escapeHtml(who.issuer)}</small></p>
<p>Return to your terminal or editor.</p>`
  return page(200, 'good', 'Signed in', words, options)
}

/** @param why one sentence, for a person; how to go on stands where they came from */
export function failurePage(why: string): Page {
  const sentence = why.charAt(0).toUpperCase() + why.slice(1)
  const words = `<p>${escapeHtml(sentence)}</p>
<p>Nothing was signed. Your terminal or editor says what to do.</p>`
  return page(400, 'bad', 'Not signed in', words, { closeAfter: undefined })
}

const STYLE = `
:root { color-scheme: light dark; --ground: #f6f7f9; --card: #fff; --text: #1c2430; --soft: #5a6472; --mark: #17693a }
body[data-kind=bad] { --mark: #a3261c }
@media (prefers-color-scheme: dark) {
  :root { --ground: #14181d; --card: #1e242b; --text: #e8ebef; --soft: #a2acb8; --mark: #6fd08f }
  body[data-kind=bad] { --mark: #ff9d92 }
}
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: var(--ground); color: var(--text);
  font: 1.0625rem/1.5 system-ui, sans-serif }
main { box-sizing: border-box; width: min(30rem, 100vw - 2rem); padding: 2rem; background: var(--card);
  border-top: .25rem solid var(--mark); border-radius: .25rem; box-shadow: 0 .0625rem .5rem #0003 }
h1 { margin: 0 0 1rem; font-size: 1.5rem; line-height: 1.2; color: var(--mark) }
header { margin-bottom: .25rem }
p { margin: .75rem 0; overflow-wrap: anywhere }
small { display: block }
header, small, footer { color: var(--soft); font-size: .9375rem }
footer { margin-top: 1.5rem }
`

// The address holds the code that was brought, and goes. A browser may refuse to close a page that no script opened.
const SCRIPT = `
history.replaceState(null, '', location.pathname)
const closing = document.getElementById('closing')
if (closing) {
  let left = Number(closing.dataset.seconds)
  const tell = () => {
    closing.textContent = left > 0 ? 'This page closes in ' + left + ' s.' : 'You may close this page.'
    if (left-- > 0) setTimeout(tell, 1000)
    else window.close()
  }
  tell()
}
`

const source = (text: string) => `'sha256-${hash('sha256', text, 'base64')}'`

function page(status: number, kind: string, title: string, words: string, { closeAfter }: PageOptions): Page {
  const closing =
    closeAfter === undefined
      ? '<footer>You may close this page.</footer>'
      : `<footer id="closing" role="status" data-seconds="${closeAfter}">You may close this page.</footer>`
  return {
    status,
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policy(),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
    },
    body: `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title} – gitsigil</title>
<link rel="icon" href="data:,">
<style>${STYLE}</style>
<body data-kind="${kind}">
<main>
<header>gitsigil</header>
<h1>${title}</h1>
${words}
${closing}
</main>
<script>${SCRIPT}</script>
`,
  }
}

function policy(): string {
  const rules = ["default-src 'none'", `style-src ${source(STYLE)}`, `script-src ${source(SCRIPT)}`, 'img-src data:']
  return [...rules, "base-uri 'none'", "form-action 'none'", "frame-ancestors 'none'"].join('; ')
}

function escapeHtml(text: string): string {
  const plain = text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\u{fffd}').slice(0, 300)
  return plain.replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`)
}
