// OpenSSL agrees with us about our CMS signature and the RFC 3161 token in it.
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Element, type Reader, readDer, TAG } from '../../src/asn1/read.ts'
import { parseOid } from '../../src/asn1/value.ts'
import { parseArmor } from '../../src/cms/armor.ts'
import { splitCommit, splitTag } from '../../src/git/object.ts'
import { readEmbedded } from '../support/entries.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'
import { type CorpusRecord, hasShared, readCorpusObject } from '../support/shared.ts'
import { KINDS, PAYLOAD, type Signed, signOn } from './signed.ts'

const folder = mkdtempSync(join(tmpdir(), 'gitsigil-openssl-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

/** Writes the file and gives its path. */
function put(name: string, bytes: Uint8Array | string): string {
  writeFileSync(join(folder, name), bytes)
  return join(folder, name)
}

/** Both streams of openssl; rejects where it does not exit with 0. */
async function openssl(...args: readonly string[]): Promise<string> {
  const { stdout, stderr } = await promisify(execFile)('openssl', args, { encoding: 'latin1' })
  return stdout + stderr
}

/** The certificates above the leaf of what the service issues; openssl goes on to the root, which signs itself. */
function chainOf(name: 'fulcio' | 'tsa'): string {
  return join(sandbox.directory, `${name}.pem`)
}

function verifyCms(signed: Signed, payload: Uint8Array, ...more: readonly string[]): Promise<string> {
  const time = String(Math.floor((signed.data.signingTime ?? 0) / 1000))
  const files = [
    '-in',
    put('signature', signed.der),
    '-content',
    put('payload', payload),
    '-out',
    join(folder, 'content'),
  ]
  const trust = ['-CAfile', chainOf('fulcio'), '-purpose', 'any', '-attime', time]
  return openssl('cms', '-verify', '-binary', '-inform', 'DER', ...files, ...trust, ...more)
}

describe.each(KINDS)('a signature with $name', (kind) => {
  test('verifies over the payload by openssl cms, up to the root of the CA', async () => {
    const signed = await signOn(sandbox, kind)
    expect(await verifyCms(signed, PAYLOAD)).toContain('CMS Verification successful')
    expect(readFileSync(join(folder, 'content'))).toEqual(PAYLOAD)
  })

  test('fails by openssl cms over another payload, and outside the life of its certificate', async () => {
    const signed = await signOn(sandbox, kind)
    await expect(verifyCms(signed, Buffer.concat([PAYLOAD, Buffer.from('\n')]))).rejects.toThrow('verification failure')
    const later = String(Math.floor(signed.data.signer.notAfter / 1000) + 60)
    await expect(verifyCms(signed, PAYLOAD, '-attime', later)).rejects.toThrow('certificate has expired')
  })

  test('is DER: openssl writes the same bytes again', async () => {
    const { der } = await signOn(sandbox, kind)
    const again = join(folder, 'again')
    await openssl('cms', '-cmsout', '-inform', 'DER', '-outform', 'DER', '-in', put('signature', der), '-out', again)
    expect(readFileSync(again).equals(der)).toBe(true)
  })
})

describe.each(KINDS.filter(({ withTimestamp }) => withTimestamp))('the token of a signature with $name', (kind) => {
  const verifyToken = async (token: Uint8Array, data: Uint8Array) => {
    const files = ['-in', put('token', token), '-token_in', '-data', put('value', data)]
    return await openssl('ts', '-verify', ...files, '-CAfile', chainOf('tsa'))
  }

  test('verifies over the value of the signature by openssl ts, and over nothing else', async () => {
    const { timestampToken, signature } = (await signOn(sandbox, kind)).data
    if (timestampToken === undefined) throw new Error('no token')
    expect(await verifyToken(timestampToken, signature)).toContain('Verification: OK')
    await expect(verifyToken(timestampToken, signature.subarray(1))).rejects.toThrow('message imprint mismatch')
  })
})

describe.skipIf(!hasShared)('beside what gitsign wrote', () => {
  test('a signature has the same elements, object identifiers and parameters in the same places', async () => {
    const theirs = readEmbedded()
      .filter(
        ({ signed: { certificates, timestampToken } }) => certificates.length === 1 && timestampToken === undefined,
      )
      .map(({ record }) => readSignature(record))[0]
    if (theirs === undefined) throw new Error('the corpus has none')
    const ours = await signOn(sandbox, { version: 1, withTimestamp: false })
    expect(outline(ours.der)).toEqual(outline(theirs))
  })
})

function readSignature(record: CorpusRecord): Uint8Array | undefined {
  const split = record.type === 'commit' ? splitCommit : splitTag
  const { signature } = split(readCorpusObject(record), 'sha1')
  return signature && parseArmor(signature)
}

/** Tags and object identifiers, level by level; names and certificates, which differ from CA to CA, as one element. */
function outline(der: Uint8Array): readonly string[] {
  return outlineOf(readDer(der, TAG.sequence), '')
}

function outlineOf(element: Element, place: string): readonly string[] {
  const here = `${place}/${element.tag.toString(16)}`
  if (element.tag === TAG.oid) return [`${here} ${parseOid(element)}`]
  const isConstructed = (element.tag & 0x20) !== 0
  const isCertificate = here === '/30/a0/30/a0'
  const isIssuer = here === '/30/a0/30/31/30/30/30'
  if (!isConstructed || isCertificate || isIssuer) return [here]
  return [here, ...membersOf(element.reader()).flatMap((member) => outlineOf(member, here))]
}

function membersOf(reader: Reader): readonly Element[] {
  const members: Element[] = []
  while (!reader.done) members.push(reader.readAny())
  return members
}
