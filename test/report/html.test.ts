// The page, in a real browser: it shows what it is given, runs nothing of it, and asks nobody for anything.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import type { JudgedRecord } from '../../src/history/record.ts'
import { createHtml } from '../../src/report/html.ts'
import { hasChromium, launchChromium } from '../support/chromium.ts'
import { temporaryFolder } from '../support/folder.ts'
import { EVIL, facts, HOSTILE, ONE_OF_EACH, oidOf, RAW, record, START, summary } from '../support/records.ts'
import { reportOf } from '../support/report.ts'

const folder = temporaryFolder('html')
const pictures = process.env['PICTURES']
const hostile = summary({ range: EVIL, tips: [{ name: EVIL, oid: oidOf(1) }] })

/** Signatures of two people, a minute apart; one in fifty is missing. */
function* many(count: number): Generator<JudgedRecord> {
  for (let at = 0; at < count; at++) {
    const subject = at % 3 === 0 ? 'kim@example.com' : 'sam@example.com'
    const identity = { subject, type: 'email', issuer: 'https://issuer.example', claims: {} } as const
    const signed = { state: 'accepted', facts: facts({ identity }, START + at * 60_000) } as const
    const base = { oid: oidOf(at + 1000), subject: `change ${at}` }
    if (at % 50 !== 7) yield record({ ...base, finding: signed })
    else yield record({ ...base, finding: { state: 'unsigned' }, judgement: { level: 'refused', rule: 'sign it' } })
  }
}

test('the source holds no character that hides and no name as markup', () => {
  const text = reportOf(createHtml(), HOSTILE, hostile)
  expect(text.split('\n').filter((line) => RAW.test(line))).toEqual([])
  expect(text).not.toContain('<img')
  expect(text.match(/<script/g)).toHaveLength(2)
})

test('the page names no other place to load anything from', () => {
  const text = reportOf(createHtml(), ONE_OF_EACH)
  expect(text).not.toMatch(/\b(?:src|href|srcset|action|data)\s*=\s*["']/)
  expect(text).toMatch(
    /content="default-src 'none'; style-src 'sha256-[^']+'; script-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'"/,
  )
})

describe.skipIf(!hasChromium)('in a browser', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchChromium()
  })
  afterAll(() => browser.close())

  async function open(
    name: string,
    text: string,
    options: Parameters<Browser['newPage']>[0] = {},
  ): Promise<{ readonly tab: Page; readonly complaints: readonly string[]; readonly asked: readonly string[] }> {
    const path = join(folder, `${name}.html`)
    writeFileSync(path, text)
    const tab = await browser.newPage(options)
    onTestFinished(() => tab.close())
    const [complaints, asked]: [string[], string[]] = [[], []]
    tab
      .on('console', (message) => complaints.push(message.text()))
      .on('pageerror', (error) => complaints.push(String(error)))
      .on('dialog', (dialog) => complaints.push(dialog.message()))
      .on('request', (request) => asked.push(request.url()))
    await tab.goto(pathToFileURL(path).href)
    if (pictures !== undefined) {
      mkdirSync(pictures, { recursive: true })
      await tab.screenshot({ path: join(pictures, `${name}.png`), fullPage: true })
    }
    return { tab, complaints, asked: asked.filter((url) => !url.endsWith(`${name}.html`)) }
  }

  const rowsOf = (tab: Page) => tab.locator('#page tr')
  const status = (tab: Page) => tab.locator('#status')
  const shows = (tab: Page, text: string) => expect.poll(() => status(tab).textContent()).toBe(text)

  test('shows each outcome, its counts and a row for each place, and complains of nothing', async () => {
    const { tab, complaints, asked } = await open('each', reportOf(createHtml(), ONE_OF_EACH))
    await shows(tab, '1 to 11 of 11')
    expect(await rowsOf(tab).count()).toBe(11)
    expect(await tab.locator('.tile').allTextContents()).toEqual([
      ...['2 allowed', '1 exempt', '1 verified', '1 unknown', '2 refused', '1 rejected', '1 unsigned'],
      ...['1 foreign', '1 fault'],
    ])
    expect([complaints, asked]).toEqual([[], []])
  })

  test('counts an object once and a merged tag beside it, at the top as over the verdicts', async () => {
    const { tab } = await open('counts', reportOf(createHtml(), ONE_OF_EACH))
    const counted = '10 objects and 1 merged tag'
    expect(await tab.locator('header dd').first().textContent()).toBe(counted)
    expect(await tab.locator('#counts').textContent()).toBe(`Verdicts on ${counted}`)
    const part = await open(
      'part',
      reportOf(createHtml(), ONE_OF_EACH.slice(0, 3), summary({ shard: { index: 1, of: 3 } })),
    )
    expect(await part.tab.locator('header dd').first().textContent()).toBe('3 objects, of 10 in the range')
  })

  test('names are text, whatever they hold, and nothing of them runs', async () => {
    const { tab, complaints, asked } = await open('hostile', reportOf(createHtml(), HOSTILE, hostile))
    await shows(tab, '1 to 3 of 3')
    expect(await tab.locator('img').count()).toBe(0)
    expect(await rowsOf(tab).first().textContent()).toContain('</script><img src=x onerror=alert(1)>')
    expect(await rowsOf(tab).first().textContent()).toContain('\\u{202e}good')
    expect([complaints, asked]).toEqual([[], []])
  })

  test('its policy stops a script that was put into it all the same', async () => {
    const text = reportOf(createHtml(), ONE_OF_EACH).replace(
      '</main>',
      '<script>document.title = "gone"</script></main>',
    )
    const { tab, complaints } = await open('injected', text)
    expect(await tab.title()).toBe('gitsigil: v1..main')
    expect(complaints.join()).toContain('Content Security Policy')
  })

  test('20,000 places are searched, filtered, sorted and turned over', { timeout: 60_000 }, async () => {
    const { tab, complaints } = await open('many', reportOf(createHtml(), many(20_000)))
    await shows(tab, '1 to 100 of 20,000')
    await tab.fill('#search', `change 1999 ${oidOf(2999).slice(-6)}`)
    await shows(tab, '1 to 1 of 1')
    expect(await rowsOf(tab).first().textContent()).toContain('change 1999')
    await tab.fill('#search', 'no such thing')
    await shows(tab, 'nothing found')
    await tab.fill('#search', '')
    await tab.click('[data-outcome=unsigned]')
    await shows(tab, '1 to 100 of 400')
    await tab.click('#next')
    await shows(tab, '101 to 200 of 400')
    await tab.click('[data-outcome=unsigned]')
    await tab.click('[data-sort=time]')
    await tab.click('[data-sort=time]')
    await shows(tab, '1 to 100 of 20,000')
    expect(await rowsOf(tab).first().textContent()).toContain('change 19999')
    expect(await tab.locator('[data-column=time]').getAttribute('aria-sort')).toBe('descending')
    expect(complaints).toEqual([])
  })

  test('the time line has a lane for each signer, and says in words what it draws', async () => {
    const { tab } = await open('lanes', reportOf(createHtml(), many(600)))
    expect(await tab.locator('.lanes tbody th').allTextContents()).toEqual([
      'sam@example.comhttps://issuer.example',
      'kim@example.comhttps://issuer.example',
    ])
    const label = await tab.locator('.lanes svg').first().getAttribute('aria-label')
    expect(label).toBe('392 signatures from 2026-01-05 to 2026-01-05')
  })

  test('everything can be reached by the keyboard', async () => {
    const { tab } = await open('keys', reportOf(createHtml(), ONE_OF_EACH))
    await tab.locator('[data-outcome=fault]').focus()
    await tab.keyboard.press('Enter')
    await shows(tab, '1 to 1 of 1')
    expect(await tab.locator('[data-outcome=fault]').getAttribute('aria-pressed')).toBe('true')
  })

  test('without scripts it lists what is wrong', async () => {
    const { tab } = await open('plain', reportOf(createHtml(), ONE_OF_EACH), { javaScriptEnabled: false })
    expect(await tab.locator('noscript tbody tr').count()).toBe(8)
    expect(await tab.locator('#explorer').isVisible()).toBe(false)
  })

  test.each(['light', 'dark'] as const)(
    'text is readable in the %s scheme: a contrast of 4.5 at least',
    async (colorScheme) => {
      const { tab } = await open(colorScheme, reportOf(createHtml(), ONE_OF_EACH), { colorScheme })
      const pairs = await tab.evaluate<readonly (readonly [string, string])[]>(COLOURS)
      expect(pairs.length).toBeGreaterThan(50)
      expect(pairs.filter(([ink, paper]) => contrast(ink, paper) < 4.5)).toEqual([])
    },
  )
})

/** In the page: the ink of each text and the paper it stands on. */
const COLOURS = `Array.from(document.querySelectorAll('.tile, .badge, dt, h1, small, .note, td'), (element) => {
  let back = element
  while (getComputedStyle(back).backgroundColor === 'rgba(0, 0, 0, 0)') back = back.parentElement
  return [getComputedStyle(element).color, getComputedStyle(back).backgroundColor]
})`

/** WCAG 2.2: the ratio of relative luminances. */
function contrast(one: string, other: string): number {
  const [light = 0, dark = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a)
  return (light + 0.05) / (dark + 0.05)
}

function luminance(color: string): number {
  const [red = 0, green = 0, blue = 0] = (color.match(/\d+/g) ?? []).map((part) => {
    const value = Number(part) / 255
    return value <= 0.03928 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4
  })
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}
