// A sandbox's TUF repository, read as any other.
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { loadInstances } from '../../src/trust/choice-client.ts'
import { readSigningConfig } from '../../src/trust/store-client.ts'
import { startTestSandbox } from '../support/sandbox.ts'
import { testWorld } from '../support/world.ts'

test('a repository uses the sandbox that initialize fetched, once it names it', async () => {
  const cwd = mkdtempSync(join(tmpdir(), 'sandbox-tuf-'))
  onTestFinished(() => rmSync(cwd, { recursive: true, force: true }))
  const sandbox = await startTestSandbox({ directory: join(cwd, 'state') })
  onTestFinished(sandbox.close)
  const env = { XDG_DATA_HOME: cwd }
  const args = ['initialize', '--mirror', sandbox.urls.tuf, '--root', 'state/tuf/root.json']
  const world = testWorld({ args, env, cwd })
  expect({ status: await runCommand(world), err: world.output(2) }).toEqual({ status: 0, err: '' })

  const { standard } = loadInstances({ instance: 'sandbox', namedBy: 'local' }, { cwd, env })
  expect(standard).toMatchObject({ name: 'sandbox', sandbox: true, source: 'cache' })
  expect(standard.trust.digest).toBe(createHash('sha256').update(sandbox.trustedRoot).digest('hex'))
  expect(readSigningConfig(env, 'sandbox')).toBeDefined()
  expect(() => loadInstances({ instance: 'sandbox', namedBy: 'global' }, { cwd, env })).toThrow('is a sandbox')
})
