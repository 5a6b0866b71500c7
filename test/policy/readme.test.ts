import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { encodeUtf8 } from '../../src/bytes.ts'
import { draftPolicy } from '../../src/policy/draft.ts'
import { parsePolicy } from '../../src/policy/parse.ts'

test("the README's policy is one", async () => {
  const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8')
  const [, text = ''] = /```yaml\n(# yaml-language-server[\s\S]*?)```/.exec(readme) ?? []
  const { document } = await parsePolicy(encodeUtf8(text), 'README.md', 'public-good')
  expect(document.rules.map(({ name }) => name)).toEqual(['everything', 'build', 'releases'])
})

test('a draft is a policy, whoever has signed', async () => {
  const subjects = [
    'alice@example.com',
    'alice@example.org',
    'https://github.com/x/y/.github/workflows/r.yml@refs/heads/main',
    '"\\: #',
    '@',
  ]
  const signers = subjects.map((subject) => ({ issuer: 'https://issuer.example', subject, signatures: 1 }))
  const text = draftPolicy({ signers, start: 'a'.repeat(40), foreign: 2 })
  const { document } = await parsePolicy(encodeUtf8(text), 'draft', 'public-good')
  expect(document.identities.map(({ name }) => name)).toEqual(['alice', 'alice-2', 'r.yml', 'signer', 'signer-2'])
  expect(document.identities.map(({ forms }) => forms[0]?.subject)).toEqual(subjects.map((exact) => ({ exact })))
  expect(document.rules[0]).toMatchObject({ start: ['a'.repeat(40)], authorities: [{ members: { length: 5 } }] })
})
