import { describe, expect, test } from 'vitest'
import { fromBase64 } from '../../src/bytes.ts'
import { checkNaming, type Instance, instanceFor, parseInstanceName } from '../../src/trust/instance.ts'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { hasShared, readShared } from '../support/shared.ts'

describe('the name of an instance', () => {
  test.each(['public-good', 'a', '1', 'tuf-example-com', 'a'.repeat(63)])('may be %s', (name) => {
    expect(parseInstanceName(name, 'here')).toBe(name)
  })

  test.each(['', '.', '..', 'a/b', 'A', '-a', 'a_b', 'a b', 'a\n', 'a'.repeat(64), 'é'])('may not be %j', (name) => {
    expect(() => parseInstanceName(name, 'here')).toThrow('here: not an instance name')
  })
})

describe('a sandbox', () => {
  test.each(['flag', 'command', 'worktree', 'local'] as const)('may be named by %s', (namedBy) => {
    expect(checkNaming('toy', true, namedBy)).toBeUndefined()
  })

  test.each([
    ['environment', 'the environment'],
    ['global', 'global Git configuration'],
    ['system', 'system Git configuration'],
    ['unknown', 'unknown Git configuration'],
  ] as const)('may not be named by %s', (namedBy, who) => {
    const fault = checkNaming('toy', true, namedBy)
    expect(fault).toMatchObject({ code: 'config', message: `instance toy is a sandbox, and ${who} names it` })
    expect(fault?.hint).toContain('git config --local gitsigil.instance toy')
  })

  test('is the only kind of instance that anybody minds', () => {
    expect(checkNaming('corp', false, 'global')).toBeUndefined()
  })
})

describe.skipIf(!hasShared)('the instance of a certificate', () => {
  const staged = hasShared
    ? parseTrustedRoot(readShared('conformance/rekor2-checkpoint-cosigned/trusted_root.json'))
    : publicGoodRoot()
  const publicGood: Instance = { name: 'public-good', sandbox: false, source: 'embedded', trust: publicGoodRoot() }
  const staging: Instance = { name: 'staging', sandbox: false, source: 'cache', trust: staged }

  function leafOf(folder: string): Certificate {
    const { verificationMaterial: material } = JSON.parse(
      new TextDecoder().decode(readShared(`conformance/${folder}/bundle.sigstore.json`)),
    )
    return parseCertificate(
      fromBase64((material.certificate ?? material.x509CertificateChain.certificates[0]).rawBytes),
    )
  }

  test.each([
    ['happy-path-v0.3', 'public-good'],
    ['bundle-from-wrong-instance_fail', 'staging'],
  ])('is found by its CA, though both CAs have one name: %s', (folder, name) => {
    const leaf = leafOf(folder)
    expect(instanceFor(leaf, [publicGood, staging])?.name).toBe(name)
    expect(instanceFor(leaf, [staging, publicGood])?.name).toBe(name)
  })

  test('is the first of several that share the CA', () => {
    const again = { ...publicGood, name: 'mirror' }
    expect(instanceFor(leafOf('happy-path-v0.3'), [again, publicGood])?.name).toBe('mirror')
  })

  test('is never a sandbox', () => {
    expect(instanceFor(leafOf('happy-path-v0.3'), [{ ...publicGood, sandbox: true }])).toBeUndefined()
  })

  test('is nobody for a CA that is not known', () => {
    expect(instanceFor(leafOf('happy-path-v0.3'), [staging])).toBeUndefined()
  })

  test('a key identifier that cannot be read does not help, and does not harm', () => {
    const leaf = leafOf('happy-path-v0.3')
    const extensions = [
      { oid: '2.5.29.35', critical: false, value: Uint8Array.of(0x30, 0x80), bytes: new Uint8Array() },
    ]
    expect(instanceFor({ ...leaf, extensions }, [publicGood])?.name).toBe('public-good')
  })
})
