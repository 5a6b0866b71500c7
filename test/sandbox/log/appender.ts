// The child of kill.test.ts: appends for ever, and says what was acknowledged and every checkpoint it could see.
import { randomBytes } from 'node:crypto'
import { writeSync } from 'node:fs'
import { openTileLog } from '../../../src/sandbox/log/disk-log.ts'

const [directory = '', writers = '1'] = process.argv.slice(2)
const sign = (body: string) => `${body}\n\u2014 kill AAAAAAA=\n`
const log = await openTileLog(directory, { origin: 'kill', keepsNotes: true, sign })
writeSync(1, `open ${log.size}\n`)

async function appendForever(): Promise<never> {
  for (;;) {
    const entry = randomBytes(40)
    const index = await log.append(entry, entry)
    const [, size, root] = log.checkpoint().split('\n')
    writeSync(1, `entry ${index} ${entry.toString('hex')} ${size} ${root}\n`)
  }
}

await Promise.all(Array.from({ length: Number(writers) }, appendForever))
