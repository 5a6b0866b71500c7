// A tiled log that a test fills and serves, and whose files it may change on their way out.
import { encodeUtf8 } from '../../src/bytes.ts'
import type { LogView } from '../../src/rekor/client-log.ts'
import { createLogView } from '../../src/rekor/client-log-open.ts'
import { openTileLog } from '../../src/sandbox/log/disk-log.ts'
import type { TileLog } from '../../src/sandbox/log/log.ts'
import { createHttp, type Http } from '../../src/system/http.ts'
import type { LogAuthority } from '../../src/trust/root.ts'
import { MemoryDisk } from '../sandbox/log/disk.ts'
import { HOST, makeLog } from './log.ts'
import { serve } from './loopback.ts'

/** What is answered for a path; undefined is a 404, a number that status, and 429 asks for two seconds. */
export type Change = (path: string, bytes: Uint8Array | undefined) => Uint8Array | number | undefined

export interface ServedLog {
  readonly log: TileLog
  readonly authority: LogAuthority
  readonly http: Http
  readonly view: LogView
  /** Paths that were asked for. */
  readonly asked: readonly string[]
  /** Asked of every file from now on. */
  lie(change: Change): void
}

export async function fillLog(bodies: readonly Uint8Array[]): Promise<{ log: TileLog; authority: LogAuthority }> {
  const { authority, noteSignature } = makeLog('ed25519')
  const sign = (body: string) => {
    const { name, hint, signature } = noteSignature(body)
    return `${body}\n\u2014 ${name} ${Buffer.from([...hint, ...signature]).toString('base64')}\n`
  }
  const log = await openTileLog('/log', { origin: HOST, sign, disk: new MemoryDisk() })
  await Promise.all(bodies.map((body) => log.append(body)))
  return { log, authority }
}

export async function serveLog(bodies: readonly Uint8Array[]): Promise<ServedLog> {
  return await serveFilled(await fillLog(bodies))
}

/** For a log that many tests share. */
export async function serveFilled(filled: Awaited<ReturnType<typeof fillLog>>): Promise<ServedLog> {
  const { log } = filled
  let change: Change = (_, bytes) => bytes
  const asked: string[] = []
  const server = await serve(async ({ path }, response) => {
    asked.push(path)
    const name = path.replace(/^\//, '')
    const bytes = name === 'checkpoint' ? encodeUtf8(log.checkpoint()) : await log.tile(name)
    const answer = change(name, bytes === undefined ? undefined : Uint8Array.from(bytes))
    if (typeof answer === 'number' || answer === undefined)
      response.writeHead(answer ?? 404, answer === 429 ? { 'retry-after': '2' } : {}).end()
    else response.writeHead(200).end(answer)
  })
  const authority = { ...filled.authority, baseUrl: server.url }
  const http = createHttp({ userAgent: 'gitsigil/test', sleep: async () => undefined })
  const view = createLogView(http, authority, 2)
  return { log, authority, http, view, asked, lie: (next) => (change = next) }
}
