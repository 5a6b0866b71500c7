// What a person reads while a login waits. The issuer's words stand between quotes of ours, made harmless.
import { Fault } from '../errors.ts'
import { escapeText } from '../tell.ts'
import type { LoginOptions } from './login.ts'

const NAME = 'gitsigil'

/** The address always stands on a line of its own, so that it can be copied. */
export function browserText(url: string, state: 'opened' | 'not opened'): string {
  const how = state === 'opened' ? 'sign in on the page that opens in the browser, or open it' : 'open this page'
  return `${NAME}: to sign, ${how}:\n\n    ${escapeText(url)}\n\n`
}

export function deviceText(url: string, code: string): string {
  const page = `${NAME}: to sign, open this page on any device:\n\n    ${escapeText(url)}\n\n`
  return `${page}${NAME}: and enter the code ${escapeText(code)}\n`
}

export function noBrowserText(why: string): string {
  return `${NAME}: warning: no browser could be opened: ${escapeText(why)}\n`
}

export function reminderText(left: number): string {
  return `${NAME}: waiting for the login, ${duration(left)} left\n`
}

export function lateFault({ timeout }: Pick<LoginOptions, 'timeout'>): Fault {
  return new Fault('identity', `nobody logged in within ${duration(timeout)}`, {
    hint: 'try again and log in sooner, or set gitsigil.loginTimeout to more seconds; without a person set SIGSTORE_ID_TOKEN',
  })
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  return seconds >= 120 && seconds % 60 === 0 ? `${seconds / 60} min` : `${seconds} s`
}
