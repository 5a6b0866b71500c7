import { expect, test } from 'vitest'
import { encodeInteger, encodeSequence } from '../../src/asn1/write.ts'
import { assessmentDocument } from '../../src/report/json.ts'
import { certificate } from '../x509/build.ts'

test('a rejected certificate whose issuer is no name is reported all the same, its bytes in the name’s place', () => {
  const rejection = {
    check: 'chain',
    why: 'no',
    certificate: certificate({ issuer: encodeSequence(encodeInteger(1)) }),
  } as const
  const subject = { object: 'a'.repeat(40), kind: 'commit', algorithm: 'sha1', person: undefined } as const
  expect(assessmentDocument(subject, { ok: false, rejection }, { exit: 1 })).toMatchObject({
    verdict: 'rejected',
    certificate: { issuer: '#3003020101' },
  })
})
