// See scripts/compare-runtimes.
import { randomInt } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { compareRuntimes } from './comparing.ts'

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '20000' },
    seed: { type: 'string', default: String(randomInt(2 ** 31)) },
  },
})
const bun = process.env['BUN']
if (!bun) throw new Error('there is no Bun for this platform: see scripts/runtimes/package.json')
const folder = mkdtempSync(join(tmpdir(), 'gitsigil-runtimes-'))
try {
  console.log(`seed ${values.seed}`)
  const started = performance.now()
  const { compared, differing } = await compareRuntimes(bun, folder, Number(values.seed), Number(values.count))
  for (const [node, standalone] of differing) console.log(`node       ${node}\nstandalone ${standalone}`)
  console.log(`${Math.round((performance.now() - started) / 1000)} s`)
  console.log(`${compared} verdicts compared, ${differing.length} differ`)
  process.exitCode = differing.length > 0 ? 1 : 0
} finally {
  rmSync(folder, { recursive: true, force: true })
}
