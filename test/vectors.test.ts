// The published vectors: each verdict is the expected one, by the check that is named and for the reason that is given.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { enterGitDoor } from '../src/gpg/door.ts'
import { parseTrustedRoot } from '../src/trust/root-json.ts'
import { CHECKS } from '../src/verify/verdict.ts'
import { verifySignature } from '../src/verify/verify.ts'
import { temporaryFolder } from './support/folder.ts'
import { judgeVector, readVectors, type StoredVector, splitVector } from './support/vectors.ts'
import { testWorld } from './support/world.ts'

const fixtures = fileURLToPath(new URL('../fixtures/', import.meta.url))
const vectors = readVectors(`${fixtures}vectors`)
const byName = new Map(vectors.map((vector) => [vector.name, vector]))
const rejected = vectors.filter(({ expected }) => expected.verdict === 'rejected')

describe('a vector', () => {
  test.each(vectors.map((vector) => [vector.name, vector] as const))('%s', (_, vector) => {
    const judged = judgeVector(vector)
    expect(judged.map(({ verdict }) => verdict)).toEqual(judged.map(({ expected }) => expected))
  })
})

describe('the set of vectors', () => {
  test('has for every check a vector of every kind of object', () => {
    const covered = new Set(rejected.map(({ expected, kind }) => `${checkOf(expected)} ${kind}`))
    const wanted = CHECKS.flatMap((check) => ['commit', 'tag', 'push-certificate'].map((kind) => `${check} ${kind}`))
    expect(wanted.filter((one) => !covered.has(one))).toEqual([])
  })

  test('names a rejected one after its check, and the good one that it was made from', () => {
    const wrong = rejected.filter(({ name, expected, mutationOf, attack }) => {
      const from = byName.get(mutationOf ?? '')
      return !name.startsWith(`${checkOf(expected)}-`) || from?.expected.verdict !== 'accepted' || attack === undefined
    })
    expect(wrong.map(({ name }) => name)).toEqual([])
  })

  test('is listed in its index', () => {
    expect(JSON.parse(readFileSync(`${fixtures}vectors/index.json`, 'utf8'))).toEqual(vectors.map(({ name }) => name))
  })

  // The scripts that make them run under the newer Node alone.
  const isOlderNode = Number.parseInt(process.versions.node, 10) < 24
  test.skipIf(isOlderNode)(
    'is what the sources give, byte for byte, and nothing else',
    { timeout: 120_000 },
    async () => {
      const { fixtureFiles } = await import('../scripts/vectors/all.ts')
      const files = fixtureFiles()
      const stale = [...files].filter(([path, bytes]) => !isStored(path, bytes)).map(([path]) => path)
      expect(stale).toEqual([])
      const stored = ['vectors', 'trusted-roots'].flatMap((folder) => filesUnder(folder))
      expect(stored.filter((path) => !files.has(path))).toEqual([])
    },
  )
})

describe('nothing but the named check is in the way', () => {
  const options = (vector: StoredVector) => ({
    trust: parseTrustedRoot(readFileSync(vector.rootPath)),
    now: Date.parse(vector.now),
  })
  const verdictOn = (vector: StoredVector, ignoreSct = false) => {
    const { payload, signature = new Uint8Array() } = splitVector(vector)
    return verifySignature(payload, signature, { ...options(vector), ignoreSct })
  }

  test('a vector that fails at `sct` is accepted where that check is left out', () => {
    const failing = rejected.filter(({ expected }) => checkOf(expected) === 'sct')
    expect(failing.filter((vector) => !verdictOn(vector, true).ok).map(({ name }) => name)).toEqual([])
  })

  test('a header that nobody signed hides beside a signature that is good', () => {
    const hiding = rejected.filter((vector) => / that no signature covers$/.test(splitVector(vector).problem ?? ''))
    // Git cuts neither of these out, so that they are other content as well.
    const kept = ['format-made-up-header-tag', 'format-gpgsig-header-push']
    const signed = hiding.filter((one) => splitVector(one).signature !== undefined && !kept.includes(one.name))
    expect(signed.length).toBeGreaterThan(2)
    expect(signed.filter((vector) => !verdictOn(vector).ok).map(({ name }) => name)).toEqual([])
  })

  test('a vector that fails at `digest` is accepted with the content that was signed', () => {
    const failing = rejected.filter(({ expected }) => checkOf(expected) === 'digest')
    const wrong = failing.filter((vector) => {
      const original = byName.get(vector.mutationOf ?? '')
      const { signature } = splitVector(vector)
      if (original === undefined || signature === undefined) return true
      return !verifySignature(splitVector(original).payload, signature, options(vector)).ok
    })
    // These are signatures of other content.
    expect(wrong.map(({ name }) => name)).toEqual([
      'digest-commit-signature-tag',
      'digest-other-signature',
      'digest-tag-signature-push',
    ])
  })
})

describe("Git's door", () => {
  const folder = temporaryFolder('vectors')
  // Git asks about what it calls a signature; what it passes over in silence it does not ask about. Each question starts a
  // child, so one of each kind and reason will do.
  const asked = new Map(
    vectors
      .filter((vector) => splitVector(vector).problem === undefined && splitVector(vector).format === 'x509')
      .map((vector) => [`${vector.kind} ${JSON.stringify(vector.expected)}`, vector]),
  )

  test.each([...asked.values()].map((vector) => [vector.name, vector] as const))(
    'tells Git the verdict on %s',
    async (_, vector) => {
      const { exit, status } = await askAbout(vector, folder)
      const { expected } = vector
      const words = status.map((line) => line.split(' ')[0])
      if (expected.verdict === 'accepted') {
        expect([exit, ...words]).toEqual([0, 'NEWSIG', 'GOODSIG', 'VALIDSIG', 'TRUST_UNDEFINED'])
        return
      }
      const isWrong = expected.check === 'digest' || expected.check === 'signature'
      expect([exit, ...words]).toEqual([1, 'NEWSIG', isWrong ? 'BADSIG' : 'ERRSIG', 'TRUST_NEVER'])
      expect(status.join()).not.toContain('@')
    },
  )
})

async function askAbout(vector: StoredVector, folder: string) {
  const { payload, signature } = splitVector(vector)
  mkdirSync(folder, { recursive: true })
  const file = join(folder, 'signature')
  writeFileSync(file, signature ?? '')
  const world = testWorld({
    args: ['--status-fd=1', '--verify', file, '-'],
    stdin: payload,
    cwd: folder,
    env: {
      ...process.env,
      GITSIGIL_TRUSTED_ROOT: vector.rootPath,
      GITSIGIL_INSECURE_IGNORE_SCT: String(vector.insecureIgnoreSct === true),
    },
    now: () => Date.parse(vector.now),
  })
  const exit = await enterGitDoor(world)
  const lines = world.output(1).split('\n').slice(0, -1)
  return { exit, status: lines.map((line) => line.replace(/^\[GNUPG:\] /, '')) }
}

function checkOf(expected: StoredVector['expected']): string {
  return expected.verdict === 'rejected' ? expected.check : ''
}

function isStored(path: string, bytes: Uint8Array): boolean {
  return existsSync(fixtures + path) && readFileSync(fixtures + path).equals(bytes)
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(fixtures + folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => `${entry.parentPath}/${entry.name}`.slice(fixtures.length))
}
