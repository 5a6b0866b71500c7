// Messages of the SPIFFE Workload API's JWT-SVID profile (workloadapi.proto), and where its endpoint is (SPIFFE Workload
// Endpoint, section 4).
import { Fault, malformed } from '../../errors.ts'
import { encodeMessage, parseMessage } from '../../proto/message.ts'

const VARIABLE = 'SPIFFE_ENDPOINT_SOCKET'

/** JWTSVIDRequest for all identities of the caller. */
export function encodeSvidRequest(audience: string): Uint8Array {
  return encodeMessage([[1, audience]])
}

/** The token of a JWTSVIDResponse: its first, which is the caller's default identity. Throws `parse`. */
export function parseSvidResponse(bytes: Uint8Array): string {
  const [first] = parseMessage(bytes, 'JWTSVIDResponse').every(1)
  const token = first && parseMessage(first, 'JWTSVID').text(2)
  if (!token) throw malformed('JWTSVIDResponse', 'no token in it')
  return token
}

/** A socket's path, or a port of 127.0.0.1: no network is strange to the agent but its own machine's. Throws `config`. */
export function parseEndpoint(text: string): string | number {
  const path = /^(?:unix:(?:\/\/)?)?(\/(?!\/)[^?#]+)$/.exec(text)?.[1]
  if (path !== undefined) return path
  const port = Number(/^tcp:\/\/127\.0\.0\.1:(\d{1,5})$/.exec(text)?.[1])
  if (port > 0 && port < 65_536) return port
  throw new Fault('config', `${VARIABLE} is neither unix:///PATH nor tcp://127.0.0.1:PORT`)
}
