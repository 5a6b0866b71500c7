// For whom two policies differ: people by name, and whoever a regular expression matches.
import { expect, test } from 'vitest'
import { comparePolicies } from '../../src/policy/compare.ts'
import { ISSUER, NOON, policyOf } from '../support/policy.ts'

const policyWith = (release: string, authorities = 'alice, release') =>
  policyOf(`version: 1
identities:
  alice: { issuer: ${ISSUER}, subject: alice@example.com }
  release: ${release}
rules: [{ name: all, kinds: commit, authorities: [${authorities}] }]
policy: { authorities: [alice] }
`)
const pattern = (subject: string, more = '') => `{ issuer: ${ISSUER}, subjectRegExp: '${subject}'${more} }`
const one = 'https://ci\\.example/one@.*'
const two = 'https://ci\\.example/two@.*'

async function compared(before: string, after: string, authorities?: string) {
  const differences = comparePolicies(await policyWith(before), await policyWith(after, authorities), NOON)
  return differences.map(({ who, what, before: was, after: is }) => `${who}: ${what}: ${was.level}, ${is.level}`)
}

test('the same regular expression is the same signer', async () => {
  expect(await compared(pattern(one), pattern(one))).toEqual([])
})

test('another one is told as one that is gone and one that is new', async () => {
  expect(await compared(pattern(one), pattern(two))).toEqual([
    `${one} (${ISSUER}): commit at refs/heads/any: allowed, refused`,
    `${two} (${ISSUER}): commit at refs/heads/any: refused, allowed`,
  ])
})

test('what it may do is compared by the rules', async () => {
  expect(await compared(pattern(one), pattern(one), 'alice')).toEqual([
    `${one} (${ISSUER}): commit at refs/heads/any: allowed, refused`,
  ])
})

test('claims are told, because they may be all that differs', async () => {
  const claiming = (repository: string) => pattern(one, `, claims: { repository: ${repository} }`)
  expect(await compared(claiming('acme/app'), claiming('acme/web'))).toEqual([
    `${one} (${ISSUER}, repository acme/app): commit at refs/heads/any: allowed, refused`,
    `${one} (${ISSUER}, repository acme/web): commit at refs/heads/any: refused, allowed`,
  ])
})
