import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { parseTrustedRoot, splitCommit, VERSION, verifySignature } from '../src/index.ts'
import { hasShared, readShared } from './support/shared.ts'

test("the version is the package's", () => {
  expect(VERSION).toBe(JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')).version)
})

test.skipIf(!hasShared)('the library verifies a commit from its bytes, a trusted root and a time', () => {
  const commit = readShared('corpus/objects/dc68e8ce155fe12ab8fd7c55de6ef336ce716ee8.commit')
  const { payload, signature } = splitCommit(commit, 'sha1')
  if (signature === undefined) throw new Error('unsigned')
  const trust = parseTrustedRoot(readShared('corpus/trusted_root.json'))
  const verdict = verifySignature(payload, signature, { trust, now: Date.UTC(2026, 10, 22) })
  expect(verdict.ok && verdict.signer.identity.subject).toBe('billy@chainguard.dev')
})
