// Every published vector and every object of the corpus, looked at as a history's threads do: many side by side.

import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { lookAt, lookAtAll, type VerifyPlace } from '../../src/history/look.ts'
import type { Finding } from '../../src/history/record.ts'
import { publicGoodRoot } from '../../src/trust/public-good.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { verifySteps } from '../../src/verify/verify.ts'
import { frameOf } from '../support/frames.ts'
import { hasShared, readCorpus, readCorpusObject } from '../support/shared.ts'
import { judgeVector, readVectors, type StoredVector } from '../support/vectors.ts'

const vectors = readVectors(fileURLToPath(new URL('../../fixtures/vectors/', import.meta.url)))

function verifierOf(vector: StoredVector): VerifyPlace {
  const trust = parseTrustedRoot(readFileSync(vector.rootPath))
  const ignoreSct = vector.insecureIgnoreSct === true
  return function* (payload, armored) {
    const verdict = yield* verifySteps(payload, armored, { trust, now: Date.parse(vector.now), ignoreSct })
    return { verdict, instance: 'vectors' }
  }
}

function described(finding: Finding) {
  if (finding.state === 'accepted') {
    const { subject, issuer } = finding.facts.identity
    return { verdict: 'accepted', subject, issuer }
  }
  if (finding.state === 'rejected') return { verdict: 'rejected', check: finding.check, reason: finding.why }
  // A single verification calls these rejected, for their format.
  return { verdict: 'rejected', check: 'format' }
}

test('every vector has the finding that a single verification gives', () => {
  expect(vectors.length).toBeGreaterThan(100)
  for (const vector of vectors) {
    const type = vector.kind === 'push-certificate' ? 'blob' : vector.kind
    const frame = frameOf(type, vector.bytes, vector.objectFormat)
    const format = { algorithm: vector.objectFormat, compatible: false }
    const found = lookAt(frame, format, verifierOf(vector)).map(described)
    const single = judgeVector(vector).map(({ verdict }) => verdict)
    expect(found.length, vector.name).toBeGreaterThanOrEqual(single.length)
    for (const [i, verdict] of single.entries()) expect(verdict, vector.name).toMatchObject(found[i] ?? {})
  }
})

describe.skipIf(!hasShared)('the corpus side by side', () => {
  test('has the findings that its objects have alone', () => {
    const trust = publicGoodRoot()
    const verify: VerifyPlace = function* (payload, armored) {
      return { verdict: yield* verifySteps(payload, armored, { trust, now: Date.now() }), instance: 'public-good' }
    }
    const frames = readCorpus().map((record) => frameOf(record.type, readCorpusObject(record)))
    const format = { algorithm: 'sha1', compatible: false } as const
    const all = lookAtAll(frames, format, verify)
    expect(all).toEqual(frames.map((frame) => lookAt(frame, format, verify)))
    expect(all.filter(([finding]) => finding?.state === 'accepted').length).toBe(123)
  })
})
