// Google's metadata server: what a machine or pod may know of the service account it runs as.
import { Fault } from '../../errors.ts'
import type { Secret } from '../../secret.ts'
import type { Http, HttpRequest, HttpResponse } from '../../system/http.ts'
import type { Asked } from '../../system/http-fault.ts'
import type { World } from '../../system/world.ts'

export interface MetadataPorts {
  readonly world: Pick<World, 'env'>
  readonly http: Http
}

export interface MetadataAnswer {
  readonly asked: Asked & { readonly secrets: readonly Secret[] }
  readonly response: HttpResponse
}

const ACCOUNT = '/computeMetadata/v1/instance/service-accounts/default/'
/** The address, not the name: no DNS server is asked who Google is. */
const HOST = '169.254.169.254'
const TIMEOUT = 3_000

/**
 * Asks for something of the default service account. Undefined where what answers is not Google's server: other clouds
 * have theirs at the same address. Throws `network` where nothing answers.
 */
export async function askMetadata(
  path: string,
  { world, http }: MetadataPorts,
  retry: 'idempotent' | 'never',
): Promise<MetadataAnswer | undefined> {
  const given = world.env['GCE_METADATA_HOST']
  const asked = {
    service: given ? "Google's metadata server (GCE_METADATA_HOST)" : "Google's metadata server",
    url: `http://${given || HOST}${ACCOUNT}${path}`,
    code: 'identity',
    metadata: true,
    secrets: [],
  } as const
  // The header is proof that the request was meant, not smuggled in as somebody's URL.
  const headers = { 'metadata-flavor': 'Google' }
  const response = await send(http, { ...asked, headers, accept: '*/*', timeout: TIMEOUT, retry })
  return response.headers.get('metadata-flavor') === 'Google' ? { asked, response } : undefined
}

async function send(http: Http, request: HttpRequest): Promise<HttpResponse> {
  try {
    return await http.request(request)
  } catch (thrown) {
    if (!(thrown instanceof Fault) || thrown.code !== 'network') throw thrown
    const hint = 'is this a machine of Google Cloud, and may this process reach its metadata server?'
    throw new Fault('network', thrown.message, { hint, cause: thrown })
  }
}
