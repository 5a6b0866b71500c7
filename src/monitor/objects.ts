// The signed objects of the repositories that were named, by the hashes that the log has of them.
import type { PlaceKind } from '../history/record.ts'
import type { Claim, How } from './claim.ts'

/** An object that an entry is about. */
export interface CoveredObject {
  /** As it was named. */
  readonly repository: string
  readonly kind: PlaceKind
  /** Of a tag that a merge carries the tag's. */
  readonly oid: string
  readonly how: How
}

export interface Covering {
  readonly objects: readonly CoveredObject[]
  /** Objects that the entry names, by whose signature it is not: somebody signed them again as the same identity. */
  readonly near: readonly CoveredObject[]
}

/** Who signed an entry: SHA-256 of the certificate, and the signature, in lower-case hexadecimal. */
export interface Signer {
  readonly certificate: string
  readonly signature?: string
}

interface Row extends Pick<Claim, 'certificate' | 'signature'> {
  readonly object: CoveredObject
}

/** Grows as repositories are read; what is asked is a look-up. */
export class SignedObjects {
  readonly #byHash = new Map<string, readonly Row[]>()

  get size(): number {
    return this.#byHash.size
  }

  add(object: Omit<CoveredObject, 'how'>, { hash, how, certificate, signature }: Claim): void {
    const row = { certificate, object: { ...object, how }, ...(signature === undefined ? {} : { signature }) }
    this.#byHash.set(hash, [...(this.#byHash.get(hash) ?? []), row])
  }

  find(hashes: readonly string[], { certificate, signature }: Signer): Covering {
    const rows = hashes.flatMap((each) => this.#byHash.get(each) ?? [])
    const isOwn = (row: Row): boolean =>
      row.certificate === certificate && (row.signature === undefined || row.signature === signature)
    return {
      objects: rows.filter(isOwn).map(({ object }) => object),
      near: rows.filter((row) => !isOwn(row)).map(({ object }) => object),
    }
  }
}
