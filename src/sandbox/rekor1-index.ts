// The search index of Rekor v1: which entries go by a hash, a key or a name. Made from the entries themselves, on the first
// search and then as far as the log has grown, so that there is nothing to lose and nothing that slows an upload.
import { hash } from 'node:crypto'
import { Fault } from '../errors.ts'
import { parseIdentity } from '../fulcio/identity.ts'
import { type BodyVerifier, readBody } from '../rekor/read-body.ts'
import { parseCertificate } from '../x509/certificate.ts'
import { encodePem } from '../x509/pem.ts'
import type { TileLog } from './log/log.ts'

export class SearchIndex {
  readonly #log: TileLog
  readonly #places = new Map<string, number[]>()
  #size = 0
  #reading: Promise<void> | undefined

  constructor(log: TileLog) {
    this.#log = log
  }

  /** Places in the tree, oldest first, of the acknowledged entries that go by this key. */
  async find(key: string): Promise<readonly number[]> {
    while (this.#size < this.#log.size) {
      this.#reading ??= this.#read(this.#log.size)
      await this.#reading
    }
    return this.#places.get(key.toLowerCase()) ?? []
  }

  async #read(size: number): Promise<void> {
    try {
      for (; this.#size < size; this.#size++) {
        const body = await this.#log.entry(this.#size)
        for (const key of new Set(unlessUnreadable(body ?? new Uint8Array()))) this.#add(key, this.#size)
      }
    } finally {
      this.#reading = undefined
    }
  }

  #add(key: string, place: number): void {
    const places = this.#places.get(key)
    if (places === undefined) this.#places.set(key, [place])
    else places.push(place)
  }
}

/** How a key or certificate is found: by the SHA-256 of its PEM. */
export function verifierKey({ kind, der }: BodyVerifier): string {
  return hash('sha256', encodePem(kind === 'certificate' ? 'CERTIFICATE' : 'PUBLIC KEY', der), 'hex')
}

// One entry that cannot be read must not keep all others from being found.
function unlessUnreadable(body: Uint8Array): readonly string[] {
  try {
    return keysOf(body)
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return []
    throw thrown
  }
}

// As Rekor: the hashes, the PEM of who signed, and the names in the certificate.
function keysOf(body: Uint8Array): readonly string[] {
  const { hashes, verifiers } = readBody(body)
  return [...hashes, ...verifiers.map(verifierKey), ...verifiers.flatMap(namesOf)].map((key) => key.toLowerCase())
}

function namesOf({ kind, der }: BodyVerifier): readonly string[] {
  if (kind === 'key') return []
  try {
    return [parseIdentity(parseCertificate(der)).subject]
  } catch (thrown) {
    // Rekor takes certificates of all kinds; one without a name of Fulcio's is found by its key.
    if (thrown instanceof Fault && thrown.code === 'parse') return []
    throw thrown
  }
}
