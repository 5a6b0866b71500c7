// Signatures with their log entry inside, made on a sandbox without a child process for each.
import { objectId } from '../../src/git/id.ts'
import { joinCommit, joinTag } from '../../src/git/object.ts'
import { createRekorClient } from '../../src/rekor/client.ts'
import { signAttributes, witnessSigned } from '../../src/sign/sign.ts'
import { createHttp } from '../../src/system/http.ts'
import { parseTrustedRoot } from '../../src/trust/root-json.ts'
import type { Login } from './online.ts'
import type { TestSandbox } from './sandbox.ts'

export interface EmbeddedSigned {
  readonly type: 'commit' | 'tag'
  readonly bytes: Uint8Array
  readonly oid: string
  /** Place in the tree of the log. */
  readonly index: number
}

/** The object that Git makes of it, whole; its entry is in the log of this version. */
export async function signEmbedded(
  sandbox: TestSandbox,
  { key, leaf }: Login,
  payload: Uint8Array,
  version: 1 | 2 = 1,
): Promise<EmbeddedSigned> {
  const url = version === 1 ? sandbox.urls.rekor1 : sandbox.urls.rekor2
  const { logs } = parseTrustedRoot(sandbox.trustedRoot)
  const log = createRekorClient({ http: createHttp({ userAgent: 'gitsigil/test' }), url, version, logs })
  const signed = signAttributes(payload, leaf, key, Date.now())
  const { armored, entry } = await witnessSigned(signed, { log })
  const type = payload[0] === 't'.charCodeAt(0) ? 'commit' : 'tag'
  const bytes = type === 'commit' ? joinCommit(payload, armored, 'sha1') : joinTag(payload, armored)
  return { type, bytes, oid: objectId(type, bytes, 'sha1'), index: Number(entry.proof?.logIndex ?? -1n) }
}
