// The repository that a sandbox serves, read as any other.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openState } from '../../src/sandbox/state.ts'
import { openTuf } from '../../src/sandbox/tuf.ts'
import { createHttp } from '../../src/system/http.ts'
import { publicGoodRootBytes, publicGoodSigningConfigBytes } from '../../src/trust/public-good.ts'
import { refreshInstance } from '../../src/trust/refresh-client.ts'
import { serve } from '../support/loopback.ts'

test('a sandbox gives out its trusted root and signing config by TUF', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sandbox-tuf-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  const state = await openState(join(folder, 'state'))
  const targets = {
    'trusted_root.json': publicGoodRootBytes(),
    'signing_config.v0.2.json': publicGoodSigningConfigBytes(),
  }
  const tuf = await openTuf(state, targets, Date.now)
  const { url } = await serve(async ({ path }, response) => {
    const answer = await tuf.handle(new Request(`http://127.0.0.1${path}`))
    response.writeHead(answer.status)
    response.end(await answer.bytes())
  })

  const root = await state.read('tuf/root.json')
  const request = { instances: join(folder, 'instances'), name: 'sandbox', mirror: url, root }
  const refreshed = await refreshInstance(request, createHttp({ userAgent: 'test' }), Date.now())
  expect(refreshed).toMatchObject({ isNew: true, hasSigningConfig: true })
  expect(refreshed.record).toMatchObject({ sandbox: true, rootVersion: 1 })
  expect(Buffer.from(refreshed.trustedRoot).equals(publicGoodRootBytes())).toBe(true)
})
