// The sandbox is killed while commits are being signed, again and again: what was acknowledged stays, and no log forks.
import { readFileSync } from 'node:fs'
import { afterEach, describe, expect, test } from 'vitest'
import { decodeUtf8, toBase64 } from '../../src/bytes.ts'
import { parseArmor } from '../../src/cms/armor.ts'
import { parseSignedData, type SignedData } from '../../src/cms/signed-data.ts'
import { splitCommit } from '../../src/git/object.ts'
import { parseLogEntry } from '../../src/rekor/entry.ts'
import { openTileLog } from '../../src/sandbox/log/disk-log.ts'
import { type Build, installed, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import type { Repository } from '../support/repository.ts'
import { allow, createOnSandbox, signAs, tryCommit } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

const ROUNDS = 4
const WRITERS = ['1', '1', '2'] as const

describe.each(kinds)('kill -9 while commits are signed, $name', (build) => {
  const folder = temporaryFolder('kill')
  let sandbox: SandboxProcess | undefined
  afterEach(() => sandbox?.stop())

  test('nothing acknowledged is lost', async () => {
    const directory = `${folder}/sandbox`
    sandbox = await startSandboxProcess(build, directory)
    const { urls } = sandbox
    const writers = await createWriters(folder, build, sandbox)
    const state = { running: true, made: 0 }
    const counts = writers.map((writer) => commitUntil(writer, state))
    for (let round = 0; round < ROUNDS; round++) {
      await nextCommit(state)
      await pause(Math.random() * 300)
      await sandbox.kill()
      sandbox = await startSandboxProcess(build, directory)
      expect(sandbox.urls).toEqual(urls)
    }
    await nextCommit(state)
    state.running = false
    const made = await Promise.all(counts)

    for (const [index, repository] of writers.entries()) {
      expect(made[index]).toBeGreaterThan(0)
      expect(repository.git(['log', '--format=%G?'])).toBe(Array(made[index]).fill('G').join('\n'))
      expect(repository.git(['fsck', '--no-dangling'])).toBe('')
      await signAs(repository, sandbox)
      expect((await tryCommit(repository, 'after all')).status).toBe(0)
    }
    await sandbox.stop()
    for (const version of ['1', '2'] as const)
      await checkLog(
        `${directory}/rekor${version}`,
        writers.filter((_, index) => WRITERS[index] === version),
      )
  })
})

function createWriters(folder: string, build: Build, sandbox: SandboxProcess): Promise<readonly Repository[]> {
  const program = installed(build)
  return Promise.all(
    WRITERS.map(async (rekor, index) => {
      const repository = await createOnSandbox(folder, `writer-${index}`, { program, sandbox, rekor })
      allow(repository, sandbox)
      return repository
    }),
  )
}

interface Writing {
  running: boolean
  /** By all writers together. */
  made: number
}

/** Commits one after the other, at least one; gives how many Git acknowledged. */
async function commitUntil(repository: Repository, state: Writing): Promise<number> {
  let made = 0
  while (state.running || made === 0) {
    const { status } = await tryCommit(repository, `commit ${made}`)
    if (status !== 0) continue
    made++
    state.made++
  }
  return made
}

/** However slow the machine is, something is acknowledged before the next kill. */
async function nextCommit(state: Writing): Promise<void> {
  const before = state.made
  await expect.poll(() => state.made, { timeout: 60_000 }).toBeGreaterThan(before)
}

/** Every signature's entry is in the log, and every checkpoint that any of them holds is one of its history. */
async function checkLog(directory: string, repositories: readonly Repository[]): Promise<void> {
  const [origin = ''] = readFileSync(`${directory}/checkpoint`, 'utf8').split('\n')
  const log = await openTileLog(directory, { origin, sign: () => '', keepsNotes: directory.endsWith('1') })
  const indexes = new Set<bigint>()
  for (const { signature, logEntry = new Uint8Array() } of repositories.flatMap(signaturesOf)) {
    const { proof } = parseLogEntry(logEntry)
    if (proof === undefined) throw new Error('an entry without its proof')
    const entry = (await log.entry(Number(proof.logIndex))) ?? new Uint8Array()
    expect(decodeUtf8(entry)).toContain(`"content":"${toBase64(signature)}"`)
    expect(toBase64(await log.root(Number(proof.treeSize)))).toBe(toBase64(proof.rootHash))
    expect(indexes.has(proof.logIndex)).toBe(false)
    indexes.add(proof.logIndex)
  }
  expect(indexes.size).toBeGreaterThan(0)
  await log.close()
}

function signaturesOf(repository: Repository): readonly SignedData[] {
  return repository
    .git(['rev-list', 'HEAD'])
    .split('\n')
    .map((oid) => {
      const { stdout } = repository.tryGit(['cat-file', 'commit', oid])
      return parseSignedData(parseArmor(splitCommit(Buffer.from(stdout), 'sha1').signature ?? new Uint8Array()))
    })
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
