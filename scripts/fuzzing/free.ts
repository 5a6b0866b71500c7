// What a mutant that is accepted may differ in from the good input that it was made of.

/** The parts of a signature or bundle that may differ, each with the reason why it may. Nothing that is shown is among them. */
export const FREE = {
  nothing: 'the mutation undid itself or exchanged equal parts',
  framing: 'where the header stands among the others, and the last newline of the armor: Git cuts both off',
  certificates: 'certificates that are not the signer’s are only offered to the chain check',
  parameters: 'NULL or nothing after an algorithm mean the same; RSA names its padding in two ways',
  unread: 'unknown unsigned attributes and protobuf fields, and the order of both, are not read',
  body: 'a body in the entry is compared with the one that is rebuilt, so it is there or not there',
  version: 'version 0.0.1 without SET and time is gitsign’s way of writing 0.0.2',
  'v2 promise': 'Rekor v2 gives no SET; of one that does not verify no time is taken',
  'v2 time': 'Rekor v2 proves no time, and none is taken from it',
  cosignatures: 'signatures of a checkpoint by others than the log are not asked for',
  'log signature': 'an ECDSA signature has two forms, and a note may hold the log’s twice: one verified',
  evidence: 'a token or SET over this very signature, true to the byte, from another input',
  proof: 'another proof of the same entry, true to the byte, from another input',
  'no timestamp': 'a token that is dropped, or of a stranger, proves nothing; the log’s time is there without it',
  'token wrapping': 'the token’s certificates, unsigned attributes and versions; what its signer signed is the same',
  members: 'the order of JSON members, the space between them, and those that nobody reads',
  'media type': 'the versions of a bundle differ in what they ask for: of another one, that was there too',
  'stated digest': 'compared with the artifact at hand where it is there, and never in its place',
  'further entries': 'an entry more or less, by another log: each that is there was verified',
  'no promise':
    'a bundle’s v1 entry may lack its SET where a timestamp proves the time: its time counts for nothing then, ' +
    'its index is its bearer’s word',
  repaired: 'an unsigned slip of a bad vector was undone: certificate, signed attributes and signature are its own',
} as const
export type Free = keyof typeof FREE
