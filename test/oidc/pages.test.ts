// The pages in a browser: what they show, load, run and reveal. PICTURES=FOLDER keeps pictures of them.
import { join } from 'node:path'
import type { Browser, Page as Tab } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { failurePage, type Page, successPage } from '../../src/oidc/pages.ts'
import { listenOnLoopback } from '../../src/system/loopback.ts'
import { hasChromium, launchChromium } from '../support/chromium.ts'

const who = { subject: 'kim@example.com', issuer: 'https://accounts.google.com' }
const pictures = process.env['PICTURES']

describe.skipIf(!hasChromium)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  /** Opens the page as the issuer's redirect would; `complaints` are what the browser has against it. */
  async function open(page: Page, options: Parameters<Browser['newPage']>[0] = {}) {
    const asked: string[] = []
    const listener = await listenOnLoopback(0, async (target) => {
      asked.push(target)
      return page
    })
    const tab = await browser.newPage(options)
    onTestFinished(async () => {
      if (!tab.isClosed()) await tab.close()
      listener.close()
    })
    const complaints: string[] = []
    tab
      .on('console', (message) => complaints.push(message.text()))
      .on('pageerror', (error) => complaints.push(String(error)))
    const url = `http://localhost:${listener.port}/auth/callback`
    await tab.goto(`${url}?code=secret&state=tied`)
    return { tab, complaints, asked, url }
  }

  async function picture(tab: Tab, name: string): Promise<void> {
    if (pictures !== undefined) await tab.screenshot({ path: join(pictures, `${name}.png`) })
  }

  const text = (tab: Tab) => tab.innerText('main')

  test.each(['light', 'dark'] as const)('success says who is signed in, %s', async (colorScheme) => {
    const { tab, complaints, asked } = await open(successPage(who, { closeAfter: 6 }), { colorScheme })
    expect((await text(tab)).split(/\n+/)).toEqual([
      'gitsigil',
      'Signed in',
      'You are signed in as kim@example.com',
      'by https://accounts.google.com',
      'Return to your terminal or editor.',
      'This page closes in 6 s.',
    ])
    expect(complaints).toEqual([])
    expect(asked).toHaveLength(1)
    await picture(tab, `success-${colorScheme}`)
  })

  test('the code leaves the address and the history', async () => {
    const { tab, url } = await open(successPage(who, { closeAfter: 6 }))
    expect(tab.url()).toBe(url)
    expect(await tab.evaluate('history.length')).toBeLessThanOrEqual(2)
  })

  test('it closes itself when its time has come, where the browser lets it', async () => {
    const { tab, url } = await open(successPage(who, { closeAfter: 1 }))
    const [opened] = await Promise.all([tab.waitForEvent('popup'), tab.evaluate(`void window.open('${url}')`)])
    await opened.waitForEvent('close', { timeout: 5000 })
    // A browser does not let go of a page that was not opened by a script.
    await expect.poll(() => text(tab), { timeout: 5000 }).toContain('You may close this page.')
  })

  test('without autoclose it stays', async () => {
    const { tab } = await open(successPage(who, { closeAfter: undefined }))
    await tab.waitForTimeout(1200)
    expect(await text(tab)).toContain('You may close this page.')
  })

  test.each(['light', 'dark'] as const)('failure says why, %s', async (colorScheme) => {
    const page = failurePage('the OIDC issuer oauth2.sigstore.dev refused: the login was cancelled or denied.')
    const { tab } = await open(page, { colorScheme })
    expect((await text(tab)).split(/\n+/)).toEqual([
      'gitsigil',
      'Not signed in',
      'The OIDC issuer oauth2.sigstore.dev refused: the login was cancelled or denied.',
      'Nothing was signed. Your terminal or editor says what to do.',
      'You may close this page.',
    ])
    await picture(tab, `failure-${colorScheme}`)
  })

  test('what an issuer says is text, and fits a telephone', async () => {
    const page = failurePage(`<img src=x onerror=alert(1)>${'x'.repeat(150)}<script>document.title = 'taken'</script>`)
    const { tab, asked } = await open(page, { viewport: { width: 320, height: 600 } })
    expect(await text(tab)).toContain('<img src=x onerror=alert(1)>')
    expect(await tab.title()).toBe('Not signed in – gitsigil')
    expect(asked).toHaveLength(1)
    expect(await tab.evaluate('document.documentElement.scrollWidth')).toBe(320)
    await picture(tab, 'failure-narrow')
  })

  test('a script that got in would not run', async () => {
    const page = successPage(who, { closeAfter: 6 })
    const body = page.body.replace('</main>', '</main><script>document.title = "taken"</script><img src="/x.png">')
    const { tab, complaints, asked } = await open({ ...page, body })
    expect(await tab.title()).toBe('Signed in – gitsigil')
    expect(asked).toHaveLength(1)
    expect(complaints.length).toBeGreaterThan(1)
  })
})

test('no page is kept, sniffed, framed or may load anything', () => {
  for (const { headers, body } of [successPage(who, { closeAfter: 6 }), failurePage('no')]) {
    expect(headers).toMatchObject({
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'x-content-type-options': 'nosniff',
      'content-security-policy': expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
    })
    expect(headers['content-security-policy']).not.toContain('unsafe')
    expect(body).not.toMatch(/(?:src|href|action)="(?!data:,)/)
  }
})
