// The README does what it says: its commands are run, in its order, and its table is the code's.
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { optionTable } from '../../src/config/table.ts'
import { temporaryFolder } from '../support/folder.ts'

const top = fileURLToPath(new URL('../../', import.meta.url))
const readme = readFileSync(join(top, 'README.md'), 'utf8')
const folder = temporaryFolder('readme')
const blocks = [...readme.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block)
const [demo = '', install = '', configure = '', use = ''] = blocks

/** Runs a block as a person would paste it, stopping at the first command that fails. */
function run(script: string, cwd: string, home: string): string {
  const env = { PATH: `${home}/prefix/bin:${dirname(process.execPath)}:${process.env['PATH']}`, HOME: home }
  const npm = { npm_config_prefix: `${home}/prefix`, npm_config_offline: 'true' }
  return execFileSync('bash', ['--norc', '-euo', 'pipefail', '-c', script], {
    cwd,
    env: { ...env, ...npm },
    encoding: 'utf8',
  })
}

test('the first command stands within 20 lines, and is the demo', () => {
  expect(readme.slice(0, readme.indexOf(demo)).split('\n').length).toBeLessThanOrEqual(20)
  const told = run(demo, top, join(folder, 'demo'))
  expect(told).toContain('a forgery and a stranger were told apart')
})

test('installing from a checkout, configuring Git, signing and verifying work as written', () => {
  const checkout = join(folder, 'checkout')
  execFileSync('git', ['clone', '--quiet', top, checkout])
  for (const installed of ['node_modules', 'scripts/runtimes/node_modules'])
    cpSync(join(top, installed), join(checkout, installed), { recursive: true, verbatimSymlinks: true })
  run(install, checkout, folder)
  const project = join(folder, 'project')
  mkdirSync(project)
  run('git init -q && git config user.name Alice && git config user.email alice@example.com', project, folder)
  const told = run(`trap 'gitsigil sandbox stop' EXIT\n${configure}${use}`, project, folder)
  expect(told).toContain('"verdict": "accepted"')
  expect(told).toContain('Good signature from [alice@example.com]')
  expect(told).toMatch(/^entry 0 of http\S+ by alice@example\.com \(http\S+\): commit [0-9a-f]{40} in \S+$/m)
})

test('every block of commands is one of those that are run here', () => {
  expect(blocks).toEqual([demo, install, configure, use])
})

test('the option table is the one that the code has: scripts/options-table --write', () => {
  expect(readme).toContain(`<!-- options -->\n${optionTable()}<!-- /options -->`)
})
