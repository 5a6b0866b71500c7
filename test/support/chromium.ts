// A headless Chromium for tests of pages: its own profile, nothing asked for by itself.
import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

const EXECUTABLES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]
const executablePath = EXECUTABLES.find((path) => existsSync(path))

export const hasChromium = executablePath !== undefined
if (!hasChromium) console.warn('skipped: Chromium is absent, so no page can be looked at')

export async function launchChromium(): Promise<Browser> {
  return await chromium.launch({ ...(executablePath === undefined ? {} : { executablePath }), args: FLAGS })
}
