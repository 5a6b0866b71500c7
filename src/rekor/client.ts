// Rekor's client, by the version of its interface: a signature goes in, its log entry comes out.

import type { RekorClient, RekorOptions } from './client-port.ts'
import { createRekorV1 } from './client-v1.ts'
import { createRekorV2 } from './client-v2.ts'

export function createRekorClient(options: RekorOptions): RekorClient {
  return options.version === 1 ? createRekorV1(options) : createRekorV2(options)
}
