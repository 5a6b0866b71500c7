// The metadata of the sandbox's TUF repository, in files below `tuf/`: four roles under two Ed25519 keys, one for the root
// and one for the rest. A role is signed again, with the next version, when what it names changes or its end comes near.
import { createHash, type KeyObject, sign } from 'node:crypto'
import {
  Key,
  Metadata,
  MetadataKind,
  MetaFile,
  Root,
  Signature,
  Snapshot,
  TargetFile,
  Targets,
  Timestamp,
} from '@tufjs/models'
import { encodeUtf8, toHex } from '../bytes.ts'
import { publicKeyOf } from './certificate.ts'
import type { State } from './state.ts'

const DAY = 24 * 3_600_000
/** How long metadata is valid; it is renewed when less than half of that is left. */
const LIFETIME = { root: 3650 * DAY, targets: 365 * DAY, snapshot: 30 * DAY, timestamp: 7 * DAY }
const SPEC_VERSION = '1.0.31'

/** File names in the repository, and their bytes. */
export type TufTargets = Readonly<Record<string, Uint8Array>>

type Signed = Root | Targets | Snapshot | Timestamp

/** The files below `tuf/`. The timestamp is written last: until then clients see the repository as it was. */
export class Repository {
  readonly #state: State
  readonly #targets: TufTargets
  readonly #now: () => number
  #refreshing: Promise<void> = Promise.resolve()

  constructor(state: State, targets: TufTargets, now: () => number) {
    this.#state = state
    this.#targets = targets
    this.#now = now
  }

  async read(path: string): Promise<Uint8Array | undefined> {
    return await this.#state.read(`tuf/${path}`)
  }

  /** One refresh at a time, or two would write different files of one version. */
  refresh(): Promise<void> {
    this.#refreshing = this.#refreshing.catch(() => undefined).then(() => this.#refresh())
    return this.#refreshing
  }

  async #refresh(): Promise<void> {
    const rootKey = await this.#state.key('tuf-root', 'ed25519')
    const onlineKey = await this.#state.key('tuf-online', 'ed25519')
    await this.#renewRoot(rootKey, onlineKey)
    const timestamp = await this.#readTimestamp()
    const snapshot = timestamp && (await this.#readSnapshot(timestamp.snapshotMeta.version))
    const targetsVersion = snapshot?.meta['targets.json']?.version
    const targets = targetsVersion === undefined ? undefined : await this.#readTargets(targetsVersion)
    const isStale = await this.#renewTargets(targets, onlineKey)
    const isStaleSnapshot = isStale || this.#isDue(snapshot, 'snapshot')
    if (isStaleSnapshot) await this.#renewSnapshot(snapshot, versionAfter(targets, isStale), onlineKey)
    if (isStaleSnapshot || this.#isDue(timestamp, 'timestamp'))
      await this.#renewTimestamp(timestamp, versionAfter(snapshot, isStaleSnapshot), onlineKey)
  }

  async #renewRoot(rootKey: KeyObject, onlineKey: KeyObject): Promise<void> {
    const json = await this.#readJson('root.json')
    const current = json && Metadata.fromJSON(MetadataKind.Root, json).signed
    const [own, online] = [tufKey(rootKey), tufKey(onlineKey)]
    if (current?.roles['root']?.keyIDs.includes(own.keyID) && !this.#isDue(current, 'root')) return
    const root = new Root({ ...this.#common(current, 'root'), consistentSnapshot: true })
    root.addKey(own, 'root')
    for (const role of ['targets', 'snapshot', 'timestamp']) root.addKey(online, role)
    const metadata = new Metadata(root)
    await this.#write(`${root.version}.root.json`, metadata, rootKey)
    await this.#write('root.json', metadata, rootKey)
  }

  /** Whether there is a new version. */
  async #renewTargets(current: Targets | undefined, key: KeyObject): Promise<boolean> {
    const targets = new Targets(this.#common(current, 'targets'))
    for (const [path, bytes] of Object.entries(this.#targets)) {
      const sha256 = createHash('sha256').update(bytes).digest('hex')
      const sha512 = createHash('sha512').update(bytes).digest('hex')
      targets.addTarget(new TargetFile({ path, length: bytes.length, hashes: { sha256, sha512 } }))
      if ((await this.read(`targets/${sha256}.${path}`)) === undefined)
        await this.#state.write(`tuf/targets/${sha256}.${path}`, bytes)
    }
    const isSame = JSON.stringify(current?.toJSON()['targets']) === JSON.stringify(targets.toJSON()['targets'])
    if (isSame && !this.#isDue(current, 'targets')) return false
    await this.#write(`${targets.version}.targets.json`, new Metadata(targets), key)
    return true
  }

  async #renewSnapshot(current: Snapshot | undefined, version: number, key: KeyObject): Promise<void> {
    const meta = { 'targets.json': new MetaFile({ version }) }
    const snapshot = new Snapshot({ ...this.#common(current, 'snapshot'), meta })
    await this.#write(`${snapshot.version}.snapshot.json`, new Metadata(snapshot), key)
  }

  async #renewTimestamp(current: Timestamp | undefined, version: number, key: KeyObject): Promise<void> {
    const snapshotMeta = new MetaFile({ version })
    const timestamp = new Timestamp({ ...this.#common(current, 'timestamp'), snapshotMeta })
    await this.#write('timestamp.json', new Metadata(timestamp), key)
  }

  #common(current: Signed | undefined, role: keyof typeof LIFETIME) {
    const expires = new Date(this.#now() + LIFETIME[role]).toISOString().replace(/\.\d+Z$/, 'Z')
    return { version: versionAfter(current, true), specVersion: SPEC_VERSION, expires }
  }

  #isDue(current: Signed | undefined, role: keyof typeof LIFETIME): boolean {
    return current === undefined || Date.parse(current.expires) - this.#now() < LIFETIME[role] / 2
  }

  async #write(path: string, metadata: Metadata<Signed>, key: KeyObject): Promise<void> {
    const { keyID } = tufKey(key)
    metadata.sign((data) => new Signature({ keyID, sig: toHex(sign(null, data, key)) }), false)
    await this.#state.write(`tuf/${path}`, encodeUtf8(`${JSON.stringify(metadata.toJSON(), null, 1)}\n`))
  }

  async #readTimestamp(): Promise<Timestamp | undefined> {
    const json = await this.#readJson('timestamp.json')
    return json && Metadata.fromJSON(MetadataKind.Timestamp, json).signed
  }

  async #readSnapshot(version: number): Promise<Snapshot | undefined> {
    const json = await this.#readJson(`${version}.snapshot.json`)
    return json && Metadata.fromJSON(MetadataKind.Snapshot, json).signed
  }

  async #readTargets(version: number): Promise<Targets | undefined> {
    const json = await this.#readJson(`${version}.targets.json`)
    return json && Metadata.fromJSON(MetadataKind.Targets, json).signed
  }

  async #readJson(path: string) {
    const bytes = await this.read(path)
    return bytes === undefined ? undefined : JSON.parse(new TextDecoder().decode(bytes))
  }
}

/** The version that a role has, or gets with the next signature. */
function versionAfter(current: Signed | undefined, isRenewed: boolean): number {
  return (current?.version ?? 0) + (isRenewed ? 1 : 0)
}

/** Its id is the SHA-256 of its canonical JSON. */
function tufKey(key: KeyObject): Key {
  const point = toHex(publicKeyOf(key).subarray(-32))
  const canonical = `{"keytype":"ed25519","keyval":{"public":"${point}"},"scheme":"ed25519"}`
  const keyID = createHash('sha256').update(canonical).digest('hex')
  return new Key({ keyID, keyType: 'ed25519', scheme: 'ed25519', keyVal: { public: point } })
}
