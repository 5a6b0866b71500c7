// placeholder for the log helper
/** sigstore.rekor.v1.TransparencyLogEntry, decoded. 64-bit numbers are bigint. */
export interface LogEntry {
  readonly logIndex: bigint
  /** 32 bytes. */
  readonly logId: Uint8Array
  readonly kind: string
  readonly version: string
  /** Seconds since 1970; 0n where the log proves no time. */
  readonly integratedTime: bigint
  /** The signed entry timestamp (v1). */
  readonly promise?: Uint8Array
  readonly proof?: InclusionProof
  /** Cleared inside the CMS: the verifier rebuilds it. */
  readonly canonicalizedBody?: Uint8Array
}

export interface InclusionProof {
  readonly logIndex: bigint
  readonly treeSize: bigint
  readonly rootHash: Uint8Array
  readonly hashes: readonly Uint8Array[]
  /** The signed note, as text. */
  readonly checkpoint: string
}
