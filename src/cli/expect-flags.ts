// gitsign's --certificate-* flags: which signer a verification asks for. Identity and issuer belong together: an identity
// that any issuer may vouch for is nobody's.
import { Fault } from '../errors.ts'
import type { Expectation, Pattern } from '../policy/expect.ts'
import { type FlagTable, flagValue, type ParsedFlags } from './flags.ts'

const CLAIMS: Readonly<Record<string, string>> = {
  'certificate-github-workflow-name': 'githubWorkflowName',
  'certificate-github-workflow-ref': 'githubWorkflowRef',
  'certificate-github-workflow-repository': 'githubWorkflowRepository',
  'certificate-github-workflow-sha': 'githubWorkflowSha',
  'certificate-github-workflow-trigger': 'githubWorkflowTrigger',
}

export const EXPECT_FLAGS: FlagTable = {
  'certificate-identity': { kind: 'value', value: 'SUBJECT', help: 'the signer: an email address, a URI or a name' },
  'certificate-identity-regexp': { kind: 'value', value: 'RE2', help: 'the same, matched as a whole' },
  'certificate-oidc-issuer': { kind: 'value', value: 'URL', help: 'who vouches for the signer' },
  'certificate-oidc-issuer-regexp': { kind: 'value', value: 'RE2', help: 'the same, matched as a whole' },
  ...Object.fromEntries(
    Object.keys(CLAIMS).map((name) => [
      name,
      { kind: 'value', value: 'TEXT', help: `the workflow's ${name.split('-').at(-1)}` } as const,
    ]),
  ),
}

/** What the flags expect; undefined where none is given. Throws `usage` where they are incomplete. */
export function expectationOf(flags: ParsedFlags): Expectation | undefined {
  if (!Object.keys(EXPECT_FLAGS).some((name) => flags.values.has(name))) return undefined
  return {
    identity: patternOf(flags, 'certificate-identity'),
    issuer: patternOf(flags, 'certificate-oidc-issuer'),
    claims: Object.fromEntries(
      Object.entries(CLAIMS).flatMap(([flag, claim]) => {
        const value = flagValue(flags, flag)
        return value === undefined ? [] : [[claim, value]]
      }),
    ),
  }
}

function patternOf(flags: ParsedFlags, name: string): Pattern {
  const exact = flagValue(flags, name)
  const regexp = flagValue(flags, `${name}-regexp`)
  if (exact !== undefined && regexp !== undefined)
    throw new Fault('usage', `--${name} and --${name}-regexp exclude each other`)
  if (exact !== undefined && exact !== '') return { exact }
  if (regexp !== undefined && regexp !== '') return { regexp }
  throw new Fault('usage', `--${name} or --${name}-regexp is needed`, {
    hint: 'give --certificate-identity and --certificate-oidc-issuer together',
  })
}
