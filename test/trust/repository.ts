// A TUF repository in memory, made with @tufjs/models, that a test can move forwards, backwards and apart.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { Key, Metadata, MetaFile, Root, Signature, Snapshot, TargetFile, Targets, Timestamp } from '@tufjs/models'
import { type Loopback, serve } from '../support/loopback.ts'

export const DAY = 86_400_000
const ROLES = ['root', 'timestamp', 'snapshot', 'targets'] as const
type RoleName = (typeof ROLES)[number]

export interface Release {
  readonly version: number
  readonly targets: Readonly<Record<string, Uint8Array>>
  /** Milliseconds from now; a day unless given. */
  readonly expiresIn?: Partial<Record<RoleName, number>>
}

export interface Repository {
  /** What is served, by path without the leading slash. */
  readonly files: Map<string, Uint8Array>
  /** The first root.json. */
  readonly root: Uint8Array
  /** Makes this the newest of everything but the root. */
  release(release: Release): void
  /** Signs and serves the next root, with a new key for every role. */
  rotate(): void
  serve(): Promise<Loopback>
}

interface RoleKey {
  readonly secret: KeyObject
  readonly key: Key
}

export function createRepository(): Repository {
  const files = new Map<string, Uint8Array>()
  let keys = newKeys()
  let rootVersion = 1
  const first = encode(rootMetadata(keys, rootVersion), [keys.root])
  files.set('1.root.json', first)
  return {
    files,
    root: first,
    release: (release) => addRelease(files, keys, release),
    rotate() {
      const old = keys.root
      keys = newKeys()
      rootVersion += 1
      files.set(`${rootVersion}.root.json`, encode(rootMetadata(keys, rootVersion), [old, keys.root]))
    },
    serve: () =>
      serve(({ path }, response) => {
        const file = files.get(path.slice(1))
        response.writeHead(file === undefined ? 404 : 200)
        response.end(file)
      }),
  }
}

function addRelease(files: Map<string, Uint8Array>, keys: Record<RoleName, RoleKey>, release: Release): void {
  const { version } = release
  const common = (role: RoleName) => ({ version, specVersion: '1.0.31', expires: inFuture(release.expiresIn?.[role]) })
  const targets = new Targets({ ...common('targets'), targets: {} })
  for (const [path, bytes] of Object.entries(release.targets)) {
    const sha256 = createHash('sha256').update(bytes).digest('hex')
    targets.addTarget(new TargetFile({ path, length: bytes.length, hashes: { sha256 } }))
    files.set(`targets/${sha256}.${path}`, bytes)
  }
  const targetsFile = encode(new Metadata(targets), [keys.targets])
  const snapshot = new Snapshot({ ...common('snapshot'), meta: { 'targets.json': metaFile(version, targetsFile) } })
  const snapshotFile = encode(new Metadata(snapshot), [keys.snapshot])
  const timestamp = new Timestamp({ ...common('timestamp'), snapshotMeta: metaFile(version, snapshotFile) })
  files.set(`${version}.targets.json`, targetsFile)
  files.set(`${version}.snapshot.json`, snapshotFile)
  files.set('timestamp.json', encode(new Metadata(timestamp), [keys.timestamp]))
}

function metaFile(version: number, bytes: Uint8Array): MetaFile {
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  return new MetaFile({ version, length: bytes.length, hashes: { sha256 } })
}

function rootMetadata(keys: Record<RoleName, RoleKey>, version: number): Metadata<Root> {
  const expires = inFuture(365 * DAY)
  const root = new Root({
    version,
    specVersion: '1.0.31',
    expires,
    consistentSnapshot: true,
    keys: {},
  })
  for (const role of ROLES) root.addKey(keys[role].key, role)
  return new Metadata(root)
}

function encode<T extends Root | Timestamp | Snapshot | Targets>(
  metadata: Metadata<T>,
  signers: readonly RoleKey[],
): Uint8Array {
  for (const { secret, key } of signers)
    metadata.sign((data) => new Signature({ keyID: key.keyID, sig: sign(null, data, secret).toString('hex') }))
  return Buffer.from(JSON.stringify(metadata.toJSON()))
}

function newKeys(): Record<RoleName, RoleKey> {
  return { root: newKey(), timestamp: newKey(), snapshot: newKey(), targets: newKey() }
}

function newKey(): RoleKey {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519')
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('hex')
  const keyID = createHash('sha256').update(raw).digest('hex')
  return { secret: privateKey, key: new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: raw } }) }
}

function inFuture(ms = DAY): string {
  return new Date(Date.now() + ms).toISOString().replace(/\.\d+Z$/, 'Z')
}
