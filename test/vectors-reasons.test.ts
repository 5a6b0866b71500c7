// Every reason that a verdict can carry occurs in some vector, or stands here with what makes it impossible.
import { readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { graphOf } from '../scripts/bundler.ts'
import { isMadeOf, type Template, templatesOf } from './support/reasons.ts'
import { judgeVector, readVectors } from './support/vectors.ts'

/** The sources whose words a verdict may quote: all that a verification is made of, but for trust, which is no verdict's. */
const QUOTED = /^src\/(asn1|x509|cms|proto|fulcio|rekor|tsa|verify)\/|^src\/(bytes|git\/object)\.ts$/
const DOOR = 'src/cli/signed-object.ts'

const NAME = 'the name of a structure, which stands before a reason'
const ENCODER = 'of an encoder: nothing is read there'
const NOT_READ = 'of a form that no Git signature holds'
const BUNDLE = 'of bundles: a Git signature has one timestamp, and its signed attributes are at hand'

/** By file and text. */
const IMPOSSIBLE: Readonly<Record<string, string>> = {
  'asn1/read DER: too large':
    'a signature of over 256 KiB is refused before, and DER of over 1 MiB is then out of reach',
  'asn1/read DER: nested too deeply': 'no structure that is read here goes so deep; it bounds readers to come',
  'asn1/read the end': "part of a reason, not one: 'expected tag 0xa3, found the end'",
  'asn1/value string: not a supported DER string': 'names are read for people alone, after the verdict',
  'asn1/write OBJECT IDENTIFIER: too short': ENCODER,
  'asn1/write UTCTime: not between 1950 and 2049': ENCODER,
  'bytes *: not hexadecimal': NOT_READ,
  'cms/signed-data log entry': NAME,
  'cms/signed-data timestamp token': NAME,
  'git/object commit: the header has no end': ENCODER,
  'git/object commit: the signature is empty': ENCODER,
  'rekor/body hashedrekord: no hash has digests of this length': 'digests are computed here, by hashes of the table',
  'rekor/check signed entry timestamp': "part of a reason, not one: 'the ... is not proven'",
  'rekor/check time of the v2 log entry': "part of a reason, not one: 'the ... is not proven'",
  'rekor/check the digest that the log entry holds is not at hand': BUNDLE,
  'rekor/checkpoint checkpoint: too long': 'the entry that holds it is bounded the same, and read first',
  'rekor/entry log entry': NAME,
  'rekor/entry log entry: too large': 'a signature of over 256 KiB is refused before',
  'tsa/check the timestamp does not verify': 'each listed authority gives its own reason; it stands for none',
  'tsa/ess timestamp token': NAME,
  'tsa/request timestamp response': NAME,
  'tsa/request timestamp response: no token': NOT_READ,
  'tsa/request the timestamp authority refused the request (status *)': NOT_READ,
  'tsa/token timestamp token': NAME,
  'verify/chain no time was proven': 'the check before this one rejects a signature without a time',
  'verify/time too many timestamps': BUNDLE,
  'x509/certificate issued under another name': 'whether is asked, not why: the chain says that no authority issued it',
  'x509/certificate not signed by its issuer': 'whether is asked, not why: the chain says that no authority issued it',
  'x509/key public key: wrong length': 'the length stands in the exact bytes before the point, which are compared',
  'x509/pem PEM: too large': NOT_READ,
  'x509/pem PEM: unexpected boundary where * was expected': NOT_READ,
  'x509/pem PEM: * has no end': NOT_READ,
  'x509/pem PEM: holds no *': NOT_READ,
  'x509/pem PEM: * is empty': NOT_READ,
  'x509/tls TLS structure: too long': ENCODER,
}

let templates: readonly Template[] = []
let reasons: readonly string[] = []

beforeAll(async () => {
  const graph = await graphOf(['src/verify/verify.ts', 'src/git/object.ts'])
  const files = [...Object.keys(graph.inputs).filter((path) => QUOTED.test(path)), DOOR]
  templates = files.flatMap((file) => templatesOf(file, readFileSync(file, 'utf8')))
  const judged = readVectors('fixtures/vectors').flatMap(judgeVector)
  reasons = judged.flatMap(({ verdict }) => (verdict.verdict === 'rejected' ? [verdict.reason] : []))
})

test('each reason that the sources know occurs in a vector, or is known to be out of reach', () => {
  const missing = templates.filter((template) => template.file !== DOOR && !occurs(template)).map(keyOf)
  expect(missing.sort()).toEqual(Object.keys(IMPOSSIBLE).sort())
})

test('each reason in a vector is one that was found in the sources, so that none was overlooked', () => {
  expect(reasons.filter((reason) => !templates.some((template) => isMadeOf(reason, template)))).toEqual([])
})

// The hooks tell by these words that another trusted root might accept it (src/hook/refusal.ts).
test('of an authority or log that is not listed, and of nothing else, reasons speak of the trusted root', () => {
  const unlisted = templates.filter(({ text }) => /\bthe trusted root\b/.test(text)).map(({ text }) => text)
  expect(unlisted.sort()).toEqual([
    'no certificate transparency timestamp is by a log of the trusted root',
    'not issued by an authority of the trusted root',
    'the log entry is of a log that is not in the trusted root',
    'the timestamp is by an authority that is not in the trusted root',
    'the trusted root lists no certificate authority',
  ])
})

test('the sources are read as they stand: a few reasons by hand', () => {
  const texts = new Set(templates.map(({ text }) => text))
  for (const text of [
    'DER: trailing bytes',
    'public key: of small order',
    'timestamp authority: *',
    'a root stands in the signature',
  ])
    expect(texts.has(text) || texts.has(text.replace('public key: ', '')), text).toBe(true)
  expect(templates.length).toBeGreaterThan(190)
})

function occurs(template: Template): boolean {
  return reasons.some((reason) => isMadeOf(reason, template))
}

function keyOf({ file, text }: Template): string {
  return `${file.replace(/^src\/|\.ts$/g, '')} ${text}`
}
