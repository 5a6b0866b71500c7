// The program from its sources, as a process of its own: for tests of what only a process can do.
import process from 'node:process'
import { createWorld, main } from '../../bin/program.ts'

process.exit(await main(createWorld(process, 'gitsigil')))
