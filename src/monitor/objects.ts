// The signed objects of the repositories that were named, by the hashes that the log has of them.
import { toHex } from '../bytes.ts'
import type { PlaceKind } from '../history/record.ts'
import type { BodyFacts } from '../rekor/read-body.ts'
import { type Claim, certificateDigest, type How } from './claim.ts'
import type { Claimant } from './entry.ts'

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

  find({ hashes }: Pick<BodyFacts, 'hashes'>, { certificate, signature }: Claimant): Covering {
    const rows = hashes.flatMap((each) => this.#byHash.get(each) ?? [])
    const digest = certificateDigest(certificate)
    const isOwn = (row: Row): boolean =>
      row.certificate === digest &&
      (row.signature === undefined || (signature !== undefined && row.signature === toHex(signature)))
    return {
      objects: rows.filter(isOwn).map(({ object }) => object),
      near: rows.filter((row) => !isOwn(row)).map(({ object }) => object),
    }
  }
}
