// Our gRPC call against a server of the gRPC project itself, which nobody here wrote.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spiffe } from '../../src/oidc/ambient/spiffe-client.ts'
import { freshToken, worldWith } from '../support/ambient.ts'
import { faultOf } from '../support/faults.ts'
import { temporaryFolder } from '../support/folder.ts'

const venv = fileURLToPath(new URL('../../.venv', import.meta.url))
const hasServer = globSync('lib/python*/site-packages/grpc', { cwd: venv }).length > 0
if (!hasServer) console.warn('skipped: .venv has no grpcio; run ./scripts/python')

describe.skipIf(!hasServer)("SPIFFE's Workload API on grpcio", () => {
  const socket = join(temporaryFolder('grpc-python'), 'agent.sock')
  const token = freshToken('sigstore')
  const source = spiffe({ world: worldWith({ SPIFFE_ENDPOINT_SOCKET: `unix://${socket}` }), forced: false })
  let end = async (): Promise<void> => {}

  beforeAll(async () => {
    const script = fileURLToPath(new URL('workload_api.py', import.meta.url))
    const server = spawn(join(venv, 'bin/python'), [script, socket, token], { stdio: ['ignore', 'pipe', 'inherit'] })
    end = async () => {
      server.kill()
      await once(server, 'close')
    }
    await once(server.stdout, 'data')
  })
  afterAll(() => end())

  test('gives its token', async () => {
    expect((await source.token('sigstore'))?.secret.reveal()).toBe(token)
  })

  test('refuses, and what it says is told', async () => {
    const fault = await faultOf(source.token('other'))
    expect(fault.message).toBe(
      'SPIFFE gave no token: the agent has no identity for this process: no identity issued – 100% sure',
    )
  })
})
