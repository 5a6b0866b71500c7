// What ambient token sources are tested with: a world with an environment, a client without long waits, fresh tokens.
import { createHttp, type Http } from '../../src/system/http.ts'
import { CLAIMS, tokenText } from './token.ts'

/** Ten years before CLAIMS expire. */
export const NOW = 1_700_000_000_000

export function worldWith(env: Readonly<Record<string, string>>) {
  return { env, cwd: '/', now: () => NOW }
}

export function testHttp(): Http {
  return createHttp({ userAgent: 'gitsigil/test', sleep: async () => {} })
}

let count = 0

/** A token that differs each time, for `audience`. */
export function freshToken(audience: string, claims: Readonly<Record<string, unknown>> = {}): string {
  return tokenText({ ...CLAIMS, aud: audience, jti: ++count, ...claims })
}
