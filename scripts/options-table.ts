// Prints the option table as Markdown; with --write, puts it into the README, where a test compares it.
import { readFileSync, writeFileSync } from 'node:fs'
import { optionTable } from '../src/config/table.ts'

if (process.argv[2] === '--write') {
  const readme = readFileSync('README.md', 'utf8')
  const table = `<!-- options -->\n${optionTable()}<!-- /options -->`
  writeFileSync(
    'README.md',
    readme.replace(/<!-- options -->[\s\S]*<!-- \/options -->/, () => table),
  )
} else process.stdout.write(optionTable())
