// The library as somebody else's Git would use it: isomorphic-git asks `sign` for a commit's signature, `verify` checks the
// commit, and so does Git's own way to read it.
import * as fs from 'node:fs'
import * as git from 'isomorphic-git'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createPorts, type ServiceOptions } from '../../src/clients.ts'
import { Fault, parseTrustedRoot, sign, splitCommit, type TrustedRoot, verify } from '../../src/index.ts'
import { createRepository } from '../support/repository.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const repository = createRepository()
const dir = repository.path
let sandbox: TestSandbox
let trust: TrustedRoot
beforeAll(async () => {
  sandbox = await startTestSandbox()
  trust = parseTrustedRoot(sandbox.trustedRoot)
})
afterAll(() => sandbox.close())

function portsTo(rekorVersion: 1 | 2, change: Partial<ServiceOptions> = {}) {
  return createPorts({
    fulcio: sandbox.urls.fulcio,
    rekor: rekorVersion === 1 ? sandbox.urls.rekor1 : sandbox.urls.rekor2,
    rekorVersion,
    timestamp: `${sandbox.urls.tsa}/api/v1/timestamp`,
    token: () => sandbox.mintToken({ email: 'kim@example.com' }),
    trust,
    ...change,
  })
}

async function commit(rekorVersion: 1 | 2): Promise<string> {
  const ports = portsTo(rekorVersion)
  return await git.commit({
    fs,
    dir,
    message: 'signed by the library\n\nwith a body',
    author: { name: 'Kim', email: 'kim@example.com' },
    signingKey: 'sigstore',
    onSign: async ({ payload }) => {
      const { armored } = await sign(Buffer.from(payload), ports)
      return { signature: Buffer.from(armored).toString() }
    },
  })
}

describe.each([1, 2] as const)('isomorphic-git with Rekor v%i', (version) => {
  test('stores a commit that verifies, and not with a word changed', async () => {
    const oid = await commit(version)
    // Its readCommit cuts out PGP signatures alone, so the object is split here.
    const { object } = await git.readObject({ fs, dir, oid, format: 'content' })
    const { payload, signature } = splitCommit(object as Uint8Array, 'sha1')
    if (signature === undefined) return expect.fail('not signed')
    const options = { trust, now: Date.now() }
    const verdict = verify(payload, signature, options)
    expect(verdict.ok && verdict.signer.identity.subject).toBe('kim@example.com')
    const changed = Buffer.from(Buffer.from(payload).toString().replace('library', 'enemy'))
    expect(verify(changed, signature, options)).toMatchObject({ ok: false, rejection: { check: 'digest' } })
    expect(
      Buffer.from(object as Uint8Array)
        .toString()
        .trimEnd(),
    ).toBe(repository.git(['cat-file', 'commit', oid]))
  })
})

test('what the ports throw names what is wrong', async () => {
  const fault = await sign(Buffer.from('x'), portsTo(1, { token: () => 'no token' })).catch((thrown: unknown) => thrown)
  expect(fault instanceof Fault && fault.code).toBe('identity')
})
