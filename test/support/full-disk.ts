// Runs a sandbox in the directory that is its argument, fills that disk, and says what Fulcio answered before, while and
// after it was full.
import { existsSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import process from 'node:process'
import { startSandbox } from '../../src/sandbox/start.ts'
import { requestCertificate } from './sandbox.ts'

const directory = process.argv[2] ?? ''
const filler = `${directory}/filler`
const lines: string[] = []
const sandbox = await startSandbox({ directory: `${directory}/state`, log: (line) => lines.push(line) })
const token = await sandbox.mintToken({ email: 'kim@example.com' })

async function ask(): Promise<readonly [number, string]> {
  const { status, message } = await requestCertificate(sandbox, token, 'kim@example.com')
  return [status, message]
}

const answers = [await ask()]
fill()
answers.push(await ask())
const leftovers = readdirSync(`${directory}/state/ct`).filter((name) => name.endsWith('.tmp'))
rmSync(filler)
answers.push(await ask())
const head = await (await fetch(`${sandbox.urls.ct}/ct/v1/get-sth`)).json()
await sandbox.close()
console.log(JSON.stringify({ answers, lines, leftovers, head, isLocked: existsSync(`${directory}/state/lock`) }))

function fill(): void {
  for (let size = 1 << 20; size > 0; size = Math.floor(size / 2)) {
    try {
      for (;;) writeFileSync(filler, new Uint8Array(size), { flag: 'a' })
    } catch {
      // Smaller pieces may still fit.
    }
  }
}
