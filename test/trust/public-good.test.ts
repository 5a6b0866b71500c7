import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { Metadata, MetadataKind } from '@tufjs/models'
import { expect, test } from 'vitest'
import {
  PUBLIC_GOOD_DATE,
  PUBLIC_GOOD_MIRROR,
  publicGoodRoot,
  publicGoodRootBytes,
  publicGoodTufRoot,
} from '../../src/trust/public-good.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import { hasShared, readShared } from '../support/shared.ts'

test('trusted root and TUF root are the seeds of the locked @sigstore/tuf package, byte for byte', () => {
  const require = createRequire(import.meta.url)
  const seeds = JSON.parse(readFileSync(require.resolve('@sigstore/tuf/seeds.json'), 'utf8'))[PUBLIC_GOOD_MIRROR]
  expect(Buffer.from(publicGoodRootBytes()).toString('base64')).toBe(seeds.targets['trusted_root.json'])
  expect(Buffer.from(publicGoodTufRoot()).toString('base64')).toBe(seeds['root.json'])
})

test('the TUF root is signed by a threshold of its own keys', () => {
  const root = Metadata.fromJSON(MetadataKind.Root, JSON.parse(new TextDecoder().decode(publicGoodTufRoot())))
  expect(() => root.verifyDelegate('root', root)).not.toThrow()
})

test('the embedded root is parsed once, and knows when it was embedded', () => {
  expect(publicGoodRoot()).toBe(publicGoodRoot())
  expect(new Date(PUBLIC_GOOD_DATE).toISOString()).toMatch(/T00:00:00\.000Z$/)
})

test.skipIf(!hasShared)('the embedded root names every log and authority that the corpus needs', () => {
  const corpus = parseTrustedRoot(readShared('corpus/trusted_root.json'))
  const names = (root: typeof corpus) => ({
    logs: [...root.logs, ...root.ctLogs].map(({ id, validFor }) => [Buffer.from(id).toString('hex'), validFor]),
    authorities: [...root.authorities, ...root.timestampAuthorities].map(({ chain, validFor }) => [
      chain.map(({ bytes }) => Buffer.from(bytes).toString('base64')),
      validFor,
    ]),
  })
  expect(names(publicGoodRoot()).logs).toEqual(expect.arrayContaining(names(corpus).logs))
  expect(names(publicGoodRoot()).authorities).toEqual(expect.arrayContaining(names(corpus).authorities))
})
