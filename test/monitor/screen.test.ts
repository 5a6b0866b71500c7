import { expect, test } from 'vitest'
import { makeCertificates } from '../../scripts/tile-bench/certificates.ts'
import { encodeUtf8 } from '../../src/bytes.ts'
import { lookAtEntry } from '../../src/monitor/look.ts'
import { screenFor } from '../../src/monitor/screen.ts'
import { prepareWatch } from '../../src/monitor/watch.ts'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import { blockOf } from '../../src/rekor/entry-bundle.ts'
import { parseCertificate } from '../../src/x509/certificate.ts'

const leaves = makeCertificates(12).map(parseCertificate)
const bodies = leaves.flatMap((leaf) =>
  (['0.0.1', '0.0.2'] as const).map((version) =>
    hashedRekordBody({
      version,
      digest: new Uint8Array(32),
      signature: Uint8Array.of(1),
      certificate: leaf.bytes,
      key: leaf.key,
    }),
  ),
)
// Cut off, changed in its middle, of another kind, and nothing at all.
const odd = bodies.flatMap((body) => [
  body.subarray(0, -20),
  Buffer.from(
    Buffer.from(body)
      .toString()
      .replace(/MII.{40}/, 'MIIAAAA'),
  ),
  Buffer.from(Buffer.from(body).toString().replace('hashedrekord', 'alpine')),
])
const all = [...bodies, ...odd, encodeUtf8('{}'), new Uint8Array()]

test.each([
  ['an address', { subject: { exact: 'Signer4@example.com' } }],
  ['a pattern', { subject: { regexp: '.*/project[12]/.*' } }],
  ['an issuer', { issuer: { exact: 'https://token.actions.githubusercontent.com' } }],
])('by %s, what is left out is what there is nothing to say of', async (_, watched) => {
  const watch = await prepareWatch([{ name: 'x', ...watched }])
  const kept = new Set(screenFor(watch)(blockOf(all)).map(({ at }) => at))
  const looking = {
    watch,
    trust: { digest: '', authorities: [], logs: [], ctLogs: [], timestampAuthorities: [] } as never,
    log: '',
    prefix: '',
    firstIndex: 0n,
    alertOn: [],
    first: () => 0,
    find: async () => ({ objects: [], near: [] }),
    now: () => 0,
  }
  let told = 0
  for (const [at, body] of all.entries()) {
    const looked = await lookAtEntry(body, at, looking)
    const isNothing = looked.sighting === undefined && looked.unreadable === undefined
    expect([at, kept.has(at)]).toEqual([at, !isNothing])
    if (!isNothing) told++
  }
  expect(told).toBeGreaterThan(2)
  expect(told).toBeLessThan(all.length - 10)
})
