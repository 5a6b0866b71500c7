import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { fromBase64 } from '../../src/bytes.ts'
import { loadInstances, type TrustChoice } from '../../src/trust/choice-client.ts'
import { publicGoodRootBytes } from '../../src/trust/public-good.ts'
import { encodeRecord } from '../../src/trust/record.ts'
import { readSigningConfig } from '../../src/trust/store-client.ts'
import { type Certificate, parseCertificate } from '../../src/x509/certificate.ts'
import { hasShared, readShared } from '../support/shared.ts'
import { issue, pemOf, publicKeyPem } from './chain.ts'

let cwd: string
const root = publicGoodRootBytes()

beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'choice-'))
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
})

function load(choice: Partial<TrustChoice> = {}) {
  return loadInstances({ namedBy: 'default', ...choice }, { cwd, env: { XDG_DATA_HOME: cwd } })
}

/** Puts an instance where initialize would. */
function keep(name: string, sandbox: boolean, trustedRoot: Uint8Array = root): void {
  const directory = join(cwd, 'gitsigil', 'instances', name)
  const record = { name, sandbox, mirror: 'https://tuf.example', anchor: '', rootVersion: 1 }
  mkdirSync(directory, { recursive: true })
  writeFileSync(join(directory, 'trusted_root.json'), trustedRoot)
  const times = { timestampExpires: 0, refreshed: 0, changed: 0 }
  writeFileSync(join(directory, 'instance.json'), encodeRecord({ ...record, ...times }))
}

/** Certificates are read on first use, so that the file as such is whole. */
function breakCertificates(bytes: Uint8Array): string {
  const document = JSON.parse(new TextDecoder().decode(bytes))
  for (const { certChain } of document.certificateAuthorities) certChain.certificates = [{ rawBytes: 'MAA=' }]
  return JSON.stringify(document)
}

function leafOf(folder: string): Certificate {
  const text = new TextDecoder().decode(readShared(`conformance/${folder}/bundle.sigstore.json`))
  const { certificate, x509CertificateChain } = JSON.parse(text).verificationMaterial
  return parseCertificate(fromBase64((certificate ?? x509CertificateChain.certificates[0]).rawBytes))
}

describe('the standard instance is', () => {
  test('public good as it was embedded, where nothing was ever kept', () => {
    expect(load().standard).toMatchObject({ name: 'public-good', source: 'embedded', sandbox: false })
  })

  test('public good as TUF last verified it, however long ago', () => {
    keep('public-good', false, Buffer.concat([root, Buffer.from('\n')]))
    expect(load().standard).toMatchObject({ name: 'public-good', source: 'cache' })
  })

  test('the one that is named', () => {
    keep('corp', false)
    expect(load({ instance: 'corp', namedBy: 'global' }).standard).toMatchObject({ name: 'corp', source: 'cache' })
  })

  test('a trusted root by its path, under a name of its own', () => {
    writeFileSync(join(cwd, 'root.json'), root)
    expect(load({ trustedRoot: 'root.json' }).standard).toMatchObject({ name: 'custom', source: 'file' })
    expect(load({ trustedRoot: 'root.json', instance: 'corp' }).standard.name).toBe('corp')
  })

  test('a trusted root as it is, whatever PEM files are named beside it', () => {
    writeFileSync(join(cwd, 'root.json'), root)
    const { standard } = load({ trustedRoot: 'root.json', rekorPublicKey: 'missing.pem' })
    expect(standard.trust.digest).toBe(createHash('sha256').update(root).digest('hex'))
  })

  test('with a CA of its own not the instance that the rest comes from', () => {
    writeFileSync(join(cwd, 'ca.pem'), pemOf(issue('root', 'certificates')))
    expect(load({ fulcioRoot: 'ca.pem' }).standard).toMatchObject({ name: 'custom', source: 'pem' })
  })

  test("with a log of its own still the same instance's CA", () => {
    writeFileSync(join(cwd, 'rekor.pem'), publicKeyPem('p256'))
    const { standard } = load({ rekorPublicKey: 'rekor.pem', rekorUrl: 'http://localhost:3000' })
    expect(standard).toMatchObject({ name: 'public-good', source: 'pem' })
    expect(standard.trust.logs.map(({ host }) => host)).toEqual(['localhost'])
  })
})

describe('a choice that cannot be followed is a fault that names it', () => {
  test('an instance that was never initialized', () => {
    expect(() => load({ instance: 'corp' })).toThrow('instance corp is not initialized')
  })

  test('an instance whose record is gone, and with it whether it is a sandbox', () => {
    keep('corp', true)
    rmSync(join(cwd, 'gitsigil', 'instances', 'corp', 'instance.json'))
    expect(() => load({ instance: 'corp', namedBy: 'local' })).toThrow('instance corp is not initialized')
  })

  test('a name that leads out of the store', () => {
    expect(() => load({ instance: '../corp' })).toThrow('instance: not an instance name')
  })

  test('a sandbox that is named for every repository', () => {
    keep('toy', true)
    expect(() => load({ instance: 'toy', namedBy: 'global' })).toThrow('instance toy is a sandbox')
    expect(load({ instance: 'toy', namedBy: 'local' }).standard).toMatchObject({ name: 'toy', sandbox: true })
  })

  test('a damaged trusted root, which is not replaced by the embedded one', () => {
    keep('public-good', false, Buffer.from('{'))
    expect(() => load()).toThrow(/public-good\/trusted_root\.json: trusted root: not JSON$/)
  })

  test('a trusted root that is not there', () => {
    expect(() => load({ trustedRoot: 'root.json' })).toThrow(`cannot read ${cwd}/root.json: there is no such file`)
  })

  test('a trusted root that is none', () => {
    writeFileSync(join(cwd, 'root.json'), '[]')
    expect(() => load({ trustedRoot: 'root.json' })).toThrow(
      `trustedRoot ${cwd}/root.json: trusted root: not an object`,
    )
  })
})

describe.skipIf(!hasShared)('another instance', () => {
  const staging = 'conformance/rekor2-checkpoint-cosigned/trusted_root.json'

  test('is found by the CA of a signature, and by nothing where the standard one issued it', () => {
    keep('staging', false, readShared(staging))
    expect(load().findOther(leafOf('bundle-from-wrong-instance_fail'))?.name).toBe('staging')
    expect(load().findOther(leafOf('happy-path-v0.3'))).toBeUndefined()
  })

  test('is public good, for a repository that has an instance of its own', () => {
    keep('staging', false, readShared(staging))
    const { findOther } = load({ instance: 'staging', namedBy: 'local' })
    expect(findOther(leafOf('happy-path-v0.3'))).toMatchObject({ name: 'public-good', source: 'embedded' })
    expect(findOther(leafOf('bundle-from-wrong-instance_fail'))).toBeUndefined()
  })

  test('is never a sandbox', () => {
    keep('toy', true, readShared(staging))
    expect(load().findOther(leafOf('bundle-from-wrong-instance_fail'))).toBeUndefined()
  })

  test('does not count where the trust was given as a file', () => {
    writeFileSync(join(cwd, 'root.json'), readShared(staging))
    expect(load({ trustedRoot: 'root.json' }).findOther(leafOf('happy-path-v0.3'))).toBeUndefined()
  })

  test('that is damaged stops nobody', () => {
    keep('a-broken-one', false, Buffer.from('{'))
    keep('staging', false, readShared(staging))
    keep('a-broken-certificate', false, Buffer.from(breakCertificates(root)))
    mkdirSync(join(cwd, 'gitsigil', 'instances', '.odd'))
    expect(load().findOther(leafOf('bundle-from-wrong-instance_fail'))?.name).toBe('staging')
  })
})

test('a signing config comes with the instance, and public good has one from the start', () => {
  const env = { XDG_DATA_HOME: cwd }
  expect(readSigningConfig(env, 'public-good')).toBeDefined()
  expect(readSigningConfig(env, 'corp')).toBeUndefined()
})

describe('the common verification', () => {
  const entry = fileURLToPath(new URL('../../src/trust/choice-client.ts', import.meta.url))

  test('loads neither TUF nor HTTP to know its trust', async () => {
    const { metafile } = await build({
      entryPoints: [entry],
      bundle: true,
      write: false,
      metafile: true,
      platform: 'node',
      format: 'esm',
    })
    const inputs = Object.keys(metafile.inputs)
    expect(inputs.filter((path) => /node_modules|system\/(?!files|private-files)|tuf|refresh/.test(path))).toEqual([])
  })

  test.skipIf(process.platform !== 'linux')('opens one file', () => {
    keep('public-good', false)
    const program = `
      import fs from 'node:fs'
      import { syncBuiltinESMExports } from 'node:module'
      const { loadInstances } = await import(${JSON.stringify(entry)})
      const opened = []
      for (const name of ['openSync', 'readFileSync', 'readdirSync', 'statSync']) {
        const real = fs[name]
        fs[name] = (...args) => { opened.push(name + ' ' + args[0]); return real(...args) }
      }
      syncBuiltinESMExports()
      loadInstances({ namedBy: 'default' }, { cwd: '/', env: process.env }).standard.trust.logs[0].key
      console.log(opened.join('\\n'))`
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', program], {
      env: { XDG_DATA_HOME: cwd },
      encoding: 'utf8',
    })
    expect(output.trim()).toBe(`openSync ${cwd}/gitsigil/instances/public-good/trusted_root.json`)
  })
})
