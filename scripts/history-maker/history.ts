// A made-up history of signed commits, each with its own certificate, merges of signed tags among them. Shape and names
// follow from the seed; keys and signatures are new each time.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeInteger } from '../../src/asn1/write.ts'
import { encodeUtf8 } from '../../src/bytes.ts'
import { altNames, exchange, generalName, OID } from '../forge/certificate.ts'
import { type Instance, SIGNED_AT } from '../forge/instance.ts'
import { folded, joinObject } from '../forge/object.ts'
import { forgeSignature } from '../forge/recipe.ts'
import { makeTrustedRoot } from '../forge/root.ts'
import { newInstance, newKey, proveInLargeTree } from './instance.ts'
import { type Algorithm, createPack, type PackWriter } from './pack.ts'

export interface HistoryOptions {
  /** Commits, those of side branches included. */
  readonly commits: number
  readonly seed: number
  /** Nothing is signed: what walking and reading cost. */
  readonly unsigned: boolean
  readonly algorithm?: Algorithm
}

/** Every so many commits a side branch is tagged and merged. */
const MERGE_EVERY = 25
const SIGNERS = 40

/** Makes a bare repository, and `trusted_root.json` in it. Gives the number of signatures. */
export function makeHistory(folder: string, options: HistoryOptions): number {
  const pack = createPack(folder, options.algorithm)
  const maker = new Maker(pack, options)
  writeFileSync(join(folder, 'trusted_root.json'), JSON.stringify(makeTrustedRoot({}, maker.instance)))
  let main = maker.commit([], 'Begin')
  while (maker.commits < options.commits) {
    if (maker.commits % MERGE_EVERY === MERGE_EVERY - 2 && maker.commits + 2 <= options.commits)
      main = maker.merge(main)
    else main = maker.commit([main], `Change number ${maker.commits}`)
  }
  pack.finish(new Map([...maker.refs, ['refs/heads/main', main]]))
  return maker.signatures
}

class Maker {
  readonly instance: Instance = newInstance()
  readonly refs = new Map<string, string>()
  readonly #pack: PackWriter
  readonly #tree: string
  readonly #unsigned: boolean
  readonly #algorithm: Algorithm
  readonly #random: () => number
  commits = 0
  signatures = 0

  constructor(pack: PackWriter, { seed, unsigned, algorithm = 'sha1' }: HistoryOptions) {
    this.#algorithm = algorithm
    this.#pack = pack
    this.#tree = pack.add('tree', new Uint8Array())
    this.#unsigned = unsigned
    this.#random = randomFrom(seed)
  }

  commit(parents: readonly string[], message: string, more = ''): string {
    const signer = this.#random() % SIGNERS
    const person = `Signer ${signer} <signer${signer}@example.com> ${SIGNED_AT / 1000 + this.commits} +0000`
    const lines = parents.map((id) => `parent ${id}\n`).join('')
    const text = `${message}\n\n${'It does what it says, and a little more. '.repeat(this.#random() % 6)}\n`
    const payload = encodeUtf8(`tree ${this.#tree}\n${lines}author ${person}\ncommitter ${person}\n${more}\n${text}`)
    this.commits++
    return this.#pack.add('commit', this.#signed('commit', payload, signer))
  }

  merge(main: string): string {
    const side = this.commit([main], `Side number ${this.commits}`)
    const name = `side-${this.commits}`
    const signer = this.#random() % SIGNERS
    const person = `Signer ${signer} <signer${signer}@example.com> ${SIGNED_AT / 1000} +0000`
    const tag = this.#signed(
      'tag',
      encodeUtf8(`object ${side}\ntype commit\ntag ${name}\ntagger ${person}\n\nA side\n`),
      signer,
    )
    this.refs.set(`refs/tags/${name}`, this.#pack.add('tag', tag))
    if (this.#unsigned) return this.commit([main, side], `Merge ${name}`)
    this.signatures++
    return this.commit([main, side], `Merge ${name}`, folded('mergetag', tag))
  }

  #signed(kind: 'commit' | 'tag', payload: Uint8Array, signer: number): Uint8Array {
    if (this.#unsigned) return payload
    this.signatures++
    const serial = BigInt(this.#random()) * 2n ** 64n + BigInt(this.signatures)
    const name = exchange(OID.subjectAltName, altNames(generalName(1, `signer${signer}@example.com`)))
    const signature = forgeSignature(payload, {
      instance: this.instance,
      key: newKey(),
      leaf: (draft) => name({ ...draft, serial: encodeInteger(serial) }),
      entry: ({ canonicalizedBody: _, ...entry }, { log, body }) => ({
        ...entry,
        logIndex: BigInt(5_000_000_000 + this.signatures),
        proof: proveInLargeTree(log, body, this.#random),
        promise: log.promise({ ...entry, logIndex: BigInt(5_000_000_000 + this.signatures) }, body),
      }),
    })
    return joinObject(kind, payload, signature, this.#algorithm)
  }
}

/** xorshift32: the same numbers for the same seed. */
function randomFrom(seed: number): () => number {
  let state = seed | 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return state >>> 0
  }
}
