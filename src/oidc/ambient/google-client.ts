// Google Cloud: the identity of the machine, or of the Kubernetes workload, from the metadata server.
import { decodeLatin1 } from '../../bytes.ts'
import { Fault } from '../../errors.ts'
import { readBytesIfAny } from '../../system/files.ts'
import { answerFault } from '../../system/http-fault.ts'
import { type AmbientSource, noToken } from '../provider.ts'
import { type IdentityToken, parseToken } from '../token.ts'
import { askMetadata, type MetadataAnswer, type MetadataPorts } from './metadata-client.ts'

export interface GooglePorts extends MetadataPorts {
  /** Asked for by name: the server is asked whatever machine this seems to be, and its silence is a fault. */
  readonly forced: boolean
  /** Where the firmware's name of this machine stands. */
  readonly productFile?: string
}

const PLATFORM = 'Google Cloud'
const PRODUCT_FILE = '/sys/class/dmi/id/product_name'
const ACCOUNT_HINT = 'attach a service account to the machine, or bind one to the Kubernetes service account of the pod'

export function googleWorkloadIdentity(ports: GooglePorts): AmbientSource {
  async function token(audience: string): Promise<IdentityToken | undefined> {
    if (!ports.forced && !isOnGoogle(ports)) return undefined
    // With format=full the token names the account's address, which is what Fulcio certifies.
    const path = `identity?audience=${encodeURIComponent(audience)}&format=full`
    const answer = await ask(path, ports)
    return answer && readToken(answer, ports.forced)
  }

  return { name: 'google-workload-identity', absence: "Google's metadata server is not here", token }
}

function readToken({ asked, response }: MetadataAnswer, forced: boolean): IdentityToken | undefined {
  if (response.status === 200) return parseToken(decodeLatin1(response.body).trim(), PLATFORM)
  // A machine without a service account is an ordinary one, where people work too.
  if (response.status === 404 && !forced) return undefined
  if (response.status === 404) throw noToken(PLATFORM, 'knows no service account for this workload', ACCOUNT_HINT)
  throw answerFault(asked, response, ACCOUNT_HINT)
}

async function ask(path: string, ports: GooglePorts): Promise<MetadataAnswer | undefined> {
  if (ports.forced) return await askMetadata(path, ports, 'idempotent')
  try {
    return await askMetadata(path, ports, 'never')
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'network') return undefined
    throw thrown
  }
}

// NO_GCE_CHECK is what Google's own libraries call it.
function isOnGoogle({ world: { env }, productFile = PRODUCT_FILE }: GooglePorts): boolean {
  if (env['NO_GCE_CHECK'] === 'true') return false
  return !!env['GCE_METADATA_HOST'] || /^Google( Compute Engine)?$/.test(readProduct(productFile))
}

function readProduct(path: string): string {
  try {
    return decodeLatin1(readBytesIfAny(path, 1024) ?? new Uint8Array()).trim()
  } catch (thrown) {
    if (thrown instanceof Fault) return ''
    throw thrown
  }
}
