// Services that answer anything at all: what comes of it is a fault of one line, never a crash and never a signature.
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFulcioClient } from '../../src/fulcio/client.ts'
import { createRekorClient } from '../../src/rekor/client.ts'
import { newSigningKey } from '../../src/sign/key.ts'
import type { Http } from '../../src/system/http.ts'
import { createTimestampClient } from '../../src/tsa/client.ts'
import { faultOf } from '../support/faults.ts'
import { witnessRequest } from '../support/leaf.ts'
import { token } from '../support/token.ts'

const url = 'https://service.test'
const request = witnessRequest()
const headers = fc.dictionary(fc.constantFrom('location', 'x-log-index'), fc.oneof(fc.string(), fc.nat().map(String)))

/** Keys that the parsers look for, so that random answers reach further than their first line. */
const key = fc.constantFrom(
  'signedCertificateEmbeddedSct',
  'chain',
  'certificates',
  'issuers',
  'verification',
  'inclusionProof',
  'logIndex',
  'logId',
  'keyId',
  'body',
  'canonicalizedBody',
)
const { value } = fc.letrec((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom(null, '', 'AAAA', '-1', -1, 1e300, 0, 'f'.repeat(64), true),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(key, tie('value'), { maxKeys: 4 }),
  ),
}))
const body = fc.oneof(
  fc.uint8Array({ maxLength: 64 }),
  value.map((one) => new Uint8Array(Buffer.from(JSON.stringify(one)))),
)
const answer = fc.record({ status: fc.constantFrom(200, 201, 400, 404, 409, 501), headers, body })

test.each<[string, (http: Http) => Promise<unknown>]>([
  ['Fulcio', (http) => createFulcioClient({ http, url, now: Date.now }).certify(token(), newSigningKey())],
  ['Rekor v1', (http) => createRekorClient({ http, url, version: 1, logs: [] }).witness(request)],
  [
    'Rekor v2',
    (http) => createRekorClient({ http, url, version: 2, logs: [], sleep: async () => {} }).witness(request),
  ],
  ['a timestamp authority', (http) => createTimestampClient({ http, url }).stamp(request.signature)],
])('whatever %s answers, it is a fault that names the host', async (_, ask) => {
  await fc.assert(
    fc.asyncProperty(fc.array(answer, { minLength: 1, maxLength: 4 }), async (answers) => {
      let count = 0
      const http: Http = {
        request: async () => {
          const one = answers[count++ % answers.length] ?? answers[0]
          if (one === undefined) throw new Error('no answer')
          return { ...one, headers: new Headers(clean(one.headers)) }
        },
      }
      expect((await faultOf(ask(http))).message).toContain(' at service.test ')
    }),
    { numRuns: 300 },
  )
})

function clean(found: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(found).map(([name, text]) => [name, text.replace(/[^ -~]/g, '?')]))
}
