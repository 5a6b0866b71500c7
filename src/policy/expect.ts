// What the --certificate-* flags ask of a signer: identity, issuer and GitHub workflow claims. Regular expressions are RE2
// (linear time, no attack by a hostile pattern) and match the whole string: gitsign's match anywhere, so that
// `alice@example.com` also lets `malice@example.com.evil.test` pass.
import { Fault } from '../errors.ts'
import type { Signer } from '../verify/verdict.ts'
import type { Judgement } from './judgement.ts'
import { compileRe2 } from './regexp.ts'

/** Who writes a flag may spell many names out. */
const MAX_PATTERN = 4096

export type Pattern = { readonly exact: string } | { readonly regexp: string }

export interface Expectation {
  readonly identity: Pattern
  readonly issuer: Pattern
  /** By the claims' names, for example `githubWorkflowRepository`. */
  readonly claims: Readonly<Record<string, string>>
}

/** Refuses a signer that differs from the expectation in anything. Throws `usage` for a pattern that is not RE2. */
export function judgeExpected<Who extends Pick<Signer, 'identity'>>(
  signer: Who,
  expected: Expectation,
  instance: string,
  defaultInstance: string,
): Judgement<Who> {
  const { subject, issuer, claims } = signer.identity
  const why =
    (instance === defaultInstance ? undefined : `signed under instance ${instance}, not ${defaultInstance}`) ??
    mismatch('identity', subject, expected.identity) ??
    mismatch('issuer', issuer, expected.issuer) ??
    claimMismatch(claims, expected.claims)
  return why === undefined
    ? { signer, instance, level: 'allowed', rule: 'the --certificate flags' }
    : { signer, instance, level: 'refused', rule: why }
}

function claimMismatch(claims: Readonly<Record<string, string>>, expected: Readonly<Record<string, string>>) {
  for (const [name, value] of Object.entries(expected))
    if (claims[name] !== value) return `${name} is ${claims[name] ?? 'absent'}, not ${value}`
  return undefined
}

function mismatch(what: string, value: string, pattern: Pattern): string | undefined {
  if ('exact' in pattern) return value === pattern.exact ? undefined : `${what} is ${value}, not ${pattern.exact}`
  const compiled = compile(pattern.regexp)
  if (compiled.matches(value)) return undefined
  const plain = `${what} ${value} does not match ${pattern.regexp}`
  return compiled.matcher(value).find()
    ? `${plain} as a whole; to match a part of it write .*(?:${pattern.regexp}).*`
    : plain
}

function compile(source: string): ReturnType<typeof compileRe2> {
  try {
    return compileRe2(source, MAX_PATTERN)
  } catch (cause) {
    throw new Fault('usage', cause instanceof Error ? cause.message : String(cause), { cause })
  }
}
