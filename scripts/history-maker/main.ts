// Makes a history: ./scripts/history FOLDER [COMMITS] [--unsigned] [--seed=N].
import { makeHistory } from './history.ts'

const [folder, count = '20000'] = process.argv.slice(2).filter((arg) => !arg.startsWith('--'))
const seed = Number(process.argv.find((arg) => arg.startsWith('--seed='))?.slice('--seed='.length) ?? '1')
if (folder === undefined || !/^\d+$/.test(count)) {
  console.error('usage: ./scripts/history FOLDER [COMMITS] [--unsigned] [--seed=N]')
  process.exit(2)
}
const started = performance.now()
const signatures = makeHistory(folder, { commits: Number(count), seed, unsigned: process.argv.includes('--unsigned') })
console.error(`${count} commits, ${signatures} signatures in ${((performance.now() - started) / 1000).toFixed(1)} s`)
