// The Sigstore client conformance cases through our core: good ones are accepted, each bad one fails at the check that its
// README names, by path and by digest. test/e2e/conformance.test.ts runs the same through the program.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { type Artifact, verifyBundle, verifyBundleWithKey } from '../../src/verify/bundle.ts'
import { parsePublicKey } from '../../src/x509/key.ts'
import { parsePem } from '../../src/x509/pem.ts'
import { type ConformanceCase, EXPECTED, readConformance } from '../support/conformance.ts'
import { hasShared } from '../support/shared.ts'

const cases = readConformance()

function verdictOn(one: ConformanceCase, artifact: Artifact) {
  const trust = one.trustedRoot === undefined ? publicGoodRoot() : parseTrustedRoot(readFileSync(one.trustedRoot))
  const options = { trust, now: Date.now() }
  const bundle = readFileSync(one.bundle)
  if (one.key === undefined) return verifyBundle(bundle, artifact, options)
  return verifyBundleWithKey(bundle, artifact, readKey(readFileSync(one.key, 'utf8')), options)
}

function readKey(pem: string) {
  const [der] = parsePem(pem, 'PUBLIC KEY')
  return parsePublicKey(der ?? expect.fail('no key'))
}

describe.skipIf(!hasShared)('conformance', () => {
  test('every case that must fail has its check', () => {
    const failing = cases.map(({ name }) => name).filter((name) => name.endsWith('_fail'))
    expect(failing).toEqual(Object.keys(EXPECTED).sort())
    expect(cases.length).toBe(39)
  })

  test.each(cases)('$name', (one) => {
    const content = readFileSync(one.artifact)
    const digest = createHash('sha256').update(content).digest()
    for (const artifact of [content, { hash: 'sha256', digest } as const]) {
      if (one.fails === 'key') {
        expect(() => verdictOn(one, artifact)).toThrow('PEM PUBLIC KEY')
        continue
      }
      const verdict = verdictOn(one, artifact)
      if (one.fails === undefined && !verdict.ok) expect.fail(`${verdict.rejection.check}: ${verdict.rejection.why}`)
      if (one.fails !== undefined) expect(verdict).toMatchObject({ ok: false, rejection: { check: one.fails } })
    }
  })
})
