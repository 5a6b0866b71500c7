// The login page: whoever gives an email address is logged in as it, and whoever cancels has refused.
import type { Context, Interaction, LoginResult, Provider } from 'oidc-provider/lib/provider.js'
import { isEmail } from './account.ts'
import { readForm } from './form.ts'
import { formTargetOf, html, sendPage } from './page.ts'

export interface LoginDeps {
  readonly provider: Pick<Provider, 'interactionDetails' | 'interactionResult'>
  /** Makes the address known; returns the account's id. */
  readonly admit: (email: string) => string
}

export function loginPath(uid: string): string {
  return `/login/${uid}`
}

/** Answers below `/login/`, passes everything else on. */
export function loginPage(deps: LoginDeps): (context: Context, next: () => Promise<void>) => Promise<void> {
  return async (context, next) => {
    if (!context.path.startsWith('/login/')) return await next()
    const interaction = await interactionOf(deps.provider, context)
    if (interaction === undefined) return sendExpired(context)
    if (context.method === 'POST') return await submit(deps, context, interaction)
    sendLogin(context, interaction, { email: interaction.params['login_hint'] ?? '' })
  }
}

// The cookie says which login this is; the address must say the same.
async function interactionOf(provider: LoginDeps['provider'], context: Context): Promise<Interaction | undefined> {
  const found = await provider.interactionDetails(context.req, context.res).catch(() => undefined)
  return found !== undefined && loginPath(found.uid) === context.path ? found : undefined
}

async function submit({ provider, admit }: LoginDeps, context: Context, interaction: Interaction): Promise<void> {
  const form = await readForm(context)
  const finish = async (result: LoginResult) => {
    const returnTo = await provider.interactionResult(context.req, context.res, result)
    context.redirect(returnTo)
    context.status = 303
  }
  if (form.has('cancel')) return await finish({ error: 'access_denied', error_description: 'the login was cancelled' })
  const email = (form.get('email') ?? '').trim()
  if (isEmail(email)) return await finish({ login: { accountId: admit(email), remember: false } })
  sendLogin(context, interaction, { email, error: 'That is not an email address.' })
}

interface Entry {
  readonly email: string
  readonly error?: string
}

function sendLogin(context: Context, { params, uid, deviceCode }: Interaction, { email, error }: Entry): void {
  const told = error === undefined ? html`` : html`<p class="error" id="error" role="alert">${error}</p>`
  const described = error === undefined ? html`` : html` aria-invalid="true" aria-describedby="error"`
  const target = deviceCode === undefined ? formTargetOf(params['redirect_uri']) : undefined
  sendPage(context, error === undefined ? 200 : 400, {
    title: 'Log in to the sandbox',
    body: html`<p>${params['client_id'] ?? 'A program'} asks who you are. What you enter becomes the identity in the
certificates of this sandbox.</p>
<form method="post" action="${loginPath(uid)}">
${told}
<label for="email">Email address</label>
<input id="email" name="email" type="email" value="${email}" autocomplete="email" required autofocus${described}>
<div class="choices">
<button type="submit">Log in</button>
<button type="submit" class="quiet" name="cancel" value="yes" formnovalidate>Cancel</button>
</div>
</form>`,
    ...(target === undefined ? {} : { formTarget: target }),
  })
}

function sendExpired(context: Context): void {
  sendPage(context, 400, {
    title: 'No login is under way here',
    body: html`<p role="alert">It has ended or expired, or this browser keeps no cookies. Start again from the program
that sent you here.</p>`,
  })
}
