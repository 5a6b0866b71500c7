// The services, each made from its keys in the state directory and from one another.
import type { KeyObject } from 'node:crypto'
import { expiredTimestampLeaf, openFulcioAuthority, openTimestampAuthority } from './authority.ts'
import { createCt, signCtCheckpoint } from './ct.ts'
import { fetchJson } from './discovery.ts'
import { type FaultBoard, withFaults } from './fault.ts'
import { createFulcio } from './fulcio.ts'
import { createIssuer } from './issuer.ts'
import { openTileLog, type TileLog } from './log/log.ts'
import type { TrustedIssuer } from './principal.ts'
import type { Service, ServiceName } from './service.ts'
import type { State } from './state.ts'
import { createTokenVerifier } from './token.ts'
import { createTsa } from './tsa.ts'

export interface Surroundings {
  readonly urls: Readonly<Record<ServiceName, string>>
  readonly faults: FaultBoard
  /** Those that Fulcio accepts; may grow. */
  readonly issuers: readonly TrustedIssuer[]
  readonly issuerKey: KeyObject
  now(): number
}

export interface Services {
  readonly services: readonly Service[]
  readonly logs: readonly TileLog[]
}

/** Name of the CT log in its checkpoints. */
const CT_ORIGIN = 'localhost/ct'

export async function openServices(state: State, surroundings: Surroundings): Promise<Services> {
  const { urls, faults, issuerKey } = surroundings
  const logs: TileLog[] = []
  const ct = withFaults(await openCt(state, surroundings, logs), faults)
  const services = [
    createIssuer(issuerKey, urls.issuer),
    await openFulcio(state, surroundings, ct),
    await openTsa(state, surroundings),
  ]
  return { services: [ct, ...services.map((service) => withFaults(service, faults))], logs }
}

async function openCt(state: State, { now }: Surroundings, logs: TileLog[]): Promise<Service> {
  const key = await state.key('ct', 'p256')
  const authority = await openFulcioAuthority(state, now())
  const sign = (body: string) => signCtCheckpoint(key, CT_ORIGIN, body, now())
  const tree = await openTileLog(state.path('ct'), { origin: CT_ORIGIN, sign, keepsNotes: true })
  logs.push(tree)
  return createCt({ key, tree, authority, now })
}

async function openFulcio(state: State, { issuers, faults, now }: Surroundings, ct: Service): Promise<Service> {
  const verifyToken = createTokenVerifier({ issuers, fetchJson, now })
  return createFulcio({ authority: await openFulcioAuthority(state, now()), ct, issuers, verifyToken, faults, now })
}

async function openTsa(state: State, { faults, now }: Surroundings): Promise<Service> {
  const authority = await openTimestampAuthority(state, now())
  return createTsa({ authority, expired: await expiredTimestampLeaf(state, now()), faults, now })
}
