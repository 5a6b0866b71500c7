// The services, each made from its keys in the state directory and from one another.
import { Buffer } from 'node:buffer'
import { type KeyObject, randomBytes } from 'node:crypto'
import { encodePem } from '../x509/pem.ts'
import { expiredTimestampLeaf, openFulcioAuthority, openTimestampAuthority, toPem } from './authority.ts'
import { publicKeyOf } from './certificate.ts'
import { createCt, signCtCheckpoint } from './ct.ts'
import { fetchJson } from './discovery.ts'
import type { FaultBoard } from './fault.ts'
import { createFulcio } from './fulcio.ts'
import { createIssuer } from './issuer.ts'
import { openTileLog } from './log/disk-log.ts'
import type { TileLog } from './log/log.ts'
import { SECRET_FILE } from './openid/clients.ts'
import type { TrustedIssuer } from './principal.ts'
import { type OpenLog, openRekor1 } from './rekor1.ts'
import { openRekor2 } from './rekor2.ts'
import type { Service, ServiceName } from './service.ts'
import { withFaults } from './spoil.ts'
import type { State } from './state.ts'
import { createTokenVerifier } from './token.ts'
import { openTrust, type SandboxTrust } from './trust.ts'
import { createTsa } from './tsa.ts'
import { openTuf } from './tuf.ts'

export interface Surroundings {
  readonly urls: Readonly<Record<ServiceName, string>>
  readonly faults: FaultBoard
  /** Those that Fulcio accepts; may grow. */
  readonly issuers: readonly TrustedIssuer[]
  readonly issuerKey: KeyObject
  now(): number
}

export interface Services extends SandboxTrust {
  readonly services: readonly Service[]
}

/** Name of the CT log in its checkpoints. */
const CT_ORIGIN = 'localhost/ct'

/** Opens everything; what is opened is added to `logs` at once, so that it can be closed where a later one fails. */
export async function openServices(state: State, surroundings: Surroundings, logs: TileLog[]): Promise<Services> {
  const { urls, faults, issuerKey, now } = surroundings
  const open = async <T extends { readonly log: TileLog }>(opening: Promise<T>): Promise<T> => {
    const opened = await opening
    logs.push(opened.log)
    return opened
  }
  const ct = withFaults((await open(openCt(state, surroundings))).service, faults)
  const rekor1 = await open(openRekor1(state, now))
  const rekor2 = await open(openRekor2(state))
  const trust = await openTrust(state, urls, now())
  const targets = { 'trusted_root.json': trust.trustedRoot, 'signing_config.v0.2.json': trust.signingConfig }
  const services = [
    createIssuer({ key: issuerKey, base: urls.issuer, clientSecret: await openClientSecret(state) }),
    await openFulcio(state, surroundings, ct),
    rekor1.service,
    rekor2.service,
    await openTsa(state, surroundings),
    await openTuf(state, targets, now),
  ]
  await writeKeys(state)
  return { ...trust, services: [ct, ...services.map((service) => withFaults(service, faults))] }
}

/** The same after a restart. */
async function openClientSecret(state: State): Promise<string> {
  const stored = await state.read(SECRET_FILE)
  if (stored !== undefined) return Buffer.from(stored).toString('utf8').trim()
  const secret = randomBytes(24).toString('base64url')
  await state.write(SECRET_FILE, `${secret}\n`, 0o600)
  return secret
}

/** For clients that take keys one by one. */
async function writeKeys(state: State): Promise<void> {
  for (const [name, type] of [
    ['ct', 'p256'],
    ['rekor1', 'p256'],
    ['rekor2', 'ed25519'],
  ] as const)
    await state.write(`${name}.pub.pem`, encodePem('PUBLIC KEY', publicKeyOf(await state.key(name, type))))
}

async function openCt(state: State, { now }: Surroundings): Promise<OpenLog> {
  const key = await state.key('ct', 'p256')
  const authority = await openFulcioAuthority(state, now())
  const sign = (body: string) => signCtCheckpoint(key, CT_ORIGIN, body, now())
  const tree = await openTileLog(state.path('ct'), { origin: CT_ORIGIN, sign, keepsNotes: true })
  return { service: createCt({ key, tree, authority, now }), log: tree }
}

async function openFulcio(state: State, { issuers, faults, now }: Surroundings, ct: Service): Promise<Service> {
  const verifyToken = createTokenVerifier({ issuers, fetchJson, now })
  const authority = await openFulcioAuthority(state, now())
  await state.write('fulcio.pem', authority.chain.map(toPem).join(''))
  return createFulcio({ authority, ct, issuers, verifyToken, faults, now })
}

async function openTsa(state: State, { faults, now }: Surroundings): Promise<Service> {
  const authority = await openTimestampAuthority(state, now())
  await state.write('tsa.pem', authority.chain.map(toPem).join(''))
  return createTsa({ authority, expired: await expiredTimestampLeaf(state, now()), faults, now })
}
