// Pages of the device flow (RFC 8628 3.3): where a person enters the code that the terminal shows, and where they end.
// An address with the code in it shows the code, to be compared, before anything is granted.
import type { Context } from 'oidc-provider/lib/provider.js'
import { type Html, html, sendPage } from './page.ts'

const PATH = '/device'

/** Takes the code out of the address: the provider would send it on by a script. */
export async function rememberUserCode(context: Context, next: () => Promise<void>): Promise<void> {
  if (context.method === 'GET' && context.path === PATH) {
    const { user_code: code } = context.query
    if (typeof code === 'string') context.state['userCode'] = code
    context.querystring = ''
  }
  await next()
}

/** The provider's settings for the device flow. */
export const deviceFlow = {
  enabled: true,
  charset: 'base-20',
  mask: '****-****',
  deviceInfo: () => ({}),
  userCodeInputSource: (context: Context, _form: string, _out: unknown, error?: DeviceError) => {
    const code = context.state['userCode']
    if (typeof code === 'string' && error === undefined) sendConfirmation(context, code)
    else if (error?.name === 'AbortedError') sendCancelled(context)
    else sendInput(context, error)
  },
  userCodeConfirmSource: (context: Context, _form: string, _client: unknown, _device: unknown, code: string) =>
    sendConfirmation(context, code),
  successSource: (context: Context) =>
    sendPage(context, 200, {
      title: 'You are logged in',
      body: html`<p role="status">Close this page and go back to the terminal.</p>`,
    }),
}

interface DeviceError {
  readonly name: string
  readonly userCode?: string
}

const REASONS: Readonly<Record<string, string>> = {
  NoCodeError: 'Enter the code that the terminal shows.',
  NotFoundError: 'There is no such code.',
  ExpiredError: 'That code has expired. Start again in the terminal.',
  AlreadyUsedError: 'That code has been used. Start again in the terminal.',
}

function sendInput(context: Context, error: DeviceError | undefined): void {
  const why =
    error === undefined ? undefined : (REASONS[error.name] ?? 'That did not work. Start again in the terminal.')
  const told = why === undefined ? html`` : html`<p class="error" id="error" role="alert">${why}</p>`
  const described = why === undefined ? html`` : html` aria-invalid="true" aria-describedby="error"`
  sendPage(context, why === undefined ? 200 : 400, {
    title: 'Log in a terminal',
    body: form(
      context,
      html`${told}
<label for="user_code">Code shown in the terminal</label>
<input id="user_code" name="user_code" value="${error?.userCode ?? ''}" autocomplete="off" autocapitalize="characters"
 spellcheck="false" required autofocus${described}>
<div class="choices"><button type="submit">Continue</button></div>`,
    ),
  })
}

function sendConfirmation(context: Context, code: string): void {
  sendPage(context, 200, {
    title: 'Is this your terminal?',
    body: form(
      context,
      html`<p>Go on only if your own terminal shows this code:</p>
<p class="code">${code}</p>
<input type="hidden" name="user_code" value="${code}">
<div class="choices">
<button type="submit">It is, continue</button>
<button type="submit" class="quiet" name="abort" value="yes">Cancel</button>
</div>`,
    ),
  })
}

function sendCancelled(context: Context): void {
  sendPage(context, 200, {
    title: 'The login was cancelled',
    body: html`<p role="status">The terminal has been told. You can close this page.</p>`,
  })
}

// The secret in the session is what tells this form from one on another page.
function form(context: Context, fields: Html): Html {
  return html`<form method="post" action="${PATH}">
<input type="hidden" name="xsrf" value="${context.oidc?.session?.state?.secret ?? ''}">
<input type="hidden" name="confirm" value="yes">
${fields}
</form>`
}
