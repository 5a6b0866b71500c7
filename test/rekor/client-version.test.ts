import { expect, test } from 'vitest'
import { createRekorClient } from '../../src/rekor/client.ts'
import { createHttp } from '../../src/system/http.ts'
import { faultOf } from '../support/faults.ts'
import { witnessRequest } from '../support/leaf.ts'
import { json, serve } from '../support/loopback.ts'

test.each([
  [1, 2],
  [2, 1],
] as const)(
  'a log that knows nothing of version %i may be of version %i, and the hint says so',
  async (version, other) => {
    const { url } = await serve((_, response) => json(response, 404, {}))
    const client = createRekorClient({ http: createHttp({ userAgent: 'test' }), url, version, logs: [] })
    const fault = await faultOf(client.witness(witnessRequest()))
    expect(fault.message).toMatch(/^Rekor at .* answered 404/)
    expect(fault.hint).toContain(`gitsigil.rekorVersion to ${other}`)
  },
)
