// What a monitor is tried on: a sandbox's Rekor v2 filled by writing its folder, a repository whose commits are the honest
// entries of one identity in it, and entries by the same identity that are of no commit.
import { hash, randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeUtf8 } from '../../src/bytes.ts'
import { createFulcioClient } from '../../src/fulcio/client.ts'
import { joinCommit } from '../../src/git/object.ts'
import { parseToken } from '../../src/oidc/token.ts'
import { hashedRekordBody } from '../../src/rekor/body.ts'
import type { TileLog } from '../../src/sandbox/log/log.ts'
import { proofOf } from '../../src/sandbox/log/proof.ts'
import { openRekor2, rekor2LogId } from '../../src/sandbox/rekor2.ts'
import { type Sandbox, startSandbox } from '../../src/sandbox/start.ts'
import { openState } from '../../src/sandbox/state.ts'
import { newSigningKey, type SigningKey } from '../../src/sign/key.ts'
import { type SignedAttributes, signAttributes, witnessSigned } from '../../src/sign/sign.ts'
import { createHttp } from '../../src/system/http.ts'
import type { Certificate } from '../../src/x509/certificate.ts'
import { createPack } from '../history-maker/pack.ts'

export const WATCHED = 'kim@example.com'

export interface ScenarioOptions {
  readonly entries: number
  /** How many of them are of commits, and how many of none. */
  readonly commits: number
  readonly forged: number
}

export interface Scenario {
  /** Start a sandbox here: its log is as it was made. */
  readonly sandbox: string
  readonly repository: string
  /** Ids of the commits by the places of their entries. */
  readonly honest: ReadonlyMap<number, string>
  readonly forged: readonly number[]
}

interface Login {
  readonly key: SigningKey
  readonly leaf: Certificate
}

/** Certificates that share the entries: a person signs several times in the life of one. */
const LOGINS = 20

export async function makeScenario(folder: string, options: ScenarioOptions): Promise<Scenario> {
  const directory = join(folder, 'sandbox')
  const sandbox = await startSandbox({ directory })
  const kim = await logInOften(sandbox, WATCHED)
  const forger = await logInOften(sandbox, WATCHED)
  const others = await logInOften(sandbox, 'somebody@example.com')
  await sandbox.close()
  const state = await openState(directory)
  const { log } = await openRekor2(state)
  const logId = rekor2LogId(await state.key('rekor2', 'ed25519'))
  const repository = join(folder, 'repository.git')
  mkdirSync(repository)
  const maker = new Maker(log, logId, repository)
  const marked = options.commits + options.forged
  for (let mark = 0; mark < marked; mark++) {
    await maker.fill(Math.floor(((mark + 0.5) * options.entries) / marked), others)
    const isHonest = Math.floor(((mark + 1) * options.commits) / marked) > Math.floor((mark * options.commits) / marked)
    await (isHonest ? maker.commit(pick(kim, mark)) : maker.forge(pick(forger, mark)))
  }
  await maker.fill(options.entries, others)
  await log.close()
  maker.finish(sandbox.trustedRoot, sandbox.urls.rekor2)
  return { sandbox: directory, repository, honest: maker.honest, forged: maker.forged }
}

class Maker {
  readonly honest = new Map<number, string>()
  readonly forged: number[] = []
  readonly #log: TileLog
  readonly #logId: Uint8Array
  readonly #folder: string
  readonly #pack: ReturnType<typeof createPack>
  readonly #tree: string
  #parent: string | undefined

  constructor(log: TileLog, logId: Uint8Array, folder: string) {
    this.#log = log
    this.#logId = logId
    this.#folder = folder
    this.#pack = createPack(folder)
    this.#tree = this.#pack.add('tree', new Uint8Array())
  }

  /** Entries by others, until there are `size`. */
  async fill(size: number, others: readonly Login[]): Promise<void> {
    const missing = Math.max(0, size - this.#log.size)
    const bodies = Array.from({ length: missing }, (_, i) => {
      const { leaf } = pick(others, i)
      const [digest, signature] = [randomBytes(32), randomBytes(70)]
      return hashedRekordBody({ version: '0.0.2', digest, signature, certificate: leaf.bytes, key: leaf.key })
    })
    await Promise.all(bodies.map((body) => this.#log.append(body)))
  }

  async commit(login: Login): Promise<void> {
    const payload = this.#payload(`number ${this.honest.size}`)
    const signed = signAttributes(payload, login.leaf, login.key, Date.now())
    const { armored, entry } = await witnessSigned(signed, { log: { witness: () => this.#witness(signed) } })
    this.#parent = this.#pack.add('commit', joinCommit(payload, armored, 'sha1'))
    this.honest.set(Number(entry.logIndex), this.#parent)
  }

  /** Signed as the same identity, and of no commit that anybody has. */
  async forge(login: Login): Promise<void> {
    const payload = this.#payload(`not theirs ${this.forged.length}`)
    const { logIndex } = await this.#witness(signAttributes(payload, login.leaf, login.key, Date.now()))
    this.forged.push(Number(logIndex))
  }

  finish(trustedRoot: Uint8Array, rekor: string): void {
    this.#pack.finish(new Map([['refs/heads/main', this.#parent ?? '']]))
    const path = join(this.#folder, 'trusted_root.json')
    writeFileSync(path, trustedRoot)
    const settings = `[gitsigil]\n\ttrustedRoot = ${path}\n\trekor = ${rekor}\n`
    writeFileSync(join(this.#folder, 'config'), settings, { flag: 'a' })
  }

  async #witness({ leaf, signature, signedAttributes }: SignedAttributes) {
    const digest = hash('sha256', signedAttributes, 'buffer')
    const body = hashedRekordBody({ version: '0.0.2', digest, signature, certificate: leaf.bytes, key: leaf.key })
    const index = await this.#log.append(body)
    return {
      logIndex: BigInt(index),
      logId: this.#logId,
      kind: 'hashedrekord',
      version: '0.0.2',
      integratedTime: 0n,
      proof: await proofOf(this.#log, index),
      canonicalizedBody: body,
    }
  }

  #payload(message: string): Uint8Array {
    const person = `Kim <${WATCHED}> 1700000000 +0000`
    const parent = this.#parent === undefined ? '' : `parent ${this.#parent}\n`
    return encodeUtf8(`tree ${this.#tree}\n${parent}author ${person}\ncommitter ${person}\n\n${message}\n`)
  }
}

async function logInOften(sandbox: Sandbox, email: string): Promise<readonly Login[]> {
  const http = createHttp({ userAgent: 'gitsigil/scenario' })
  const fulcio = createFulcioClient({ http, url: sandbox.urls.fulcio, now: Date.now })
  const logins: Login[] = []
  for (let count = 0; count < LOGINS; count++) {
    const key = newSigningKey()
    const { leaf } = await fulcio.certify(parseToken(await sandbox.mintToken({ email }), 'the scenario'), key)
    logins.push({ key, leaf })
  }
  return logins
}

function pick<T>(all: readonly T[], at: number): T {
  const one = all[at % all.length]
  if (one === undefined) throw new Error('nobody has logged in')
  return one
}
