import { expect, test } from 'vitest'
import { trueVersion } from '../../src/rekor/claim.ts'
import { checkPromise } from '../../src/rekor/promise.ts'
import { makeLeaf } from '../support/certificate.ts'
import { logSignature, makeLog } from '../support/log.ts'

const log = makeLog('p256')
const { entry, body } = logSignature(log, '0.0.1', { certificate: makeLeaf() })

test('the log’s own promise over the body is one', () => {
  expect(checkPromise(entry, body, log.authority)).toBeUndefined()
})

test('an entry without a promise promises nothing, and it is said that there is none', () => {
  const { promise: _, ...bare } = entry
  expect(checkPromise(bare, body, log.authority)).toBe('the log entry has no signed entry timestamp')
})

test('an entry stamped 0.0.1 is one of v2 only where it has neither promise nor time', () => {
  const { promise: _, ...bare } = entry
  expect(trueVersion(entry)).toBe('0.0.1')
  expect(trueVersion(bare)).toBe('0.0.1')
  expect(trueVersion({ ...entry, integratedTime: 0n })).toBe('0.0.1')
  expect(trueVersion({ ...bare, integratedTime: 0n })).toBe('0.0.2')
})
