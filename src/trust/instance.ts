// Instances: named sets of trust that live side by side. Which of them a signature belongs to, and who may name a sandbox.
import { type Element, readDer, TAG } from '../asn1/read.ts'
import { equalBytes } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { type Certificate, findExtension } from '../x509/certificate.ts'
import type { TrustedRoot } from './root.ts'

/** The instance everybody has: Sigstore's public good one. */
export const PUBLIC_GOOD = 'public-good'
/** Name of a trusted root that the configuration gives as files, where it gives no name. */
export const CUSTOM = 'custom'

/** Where an instance's trust came from: a trusted_root.json, PEM files, what TUF last verified, or the program itself. */
export type TrustSource = 'file' | 'pem' | 'cache' | 'embedded'

export interface Instance {
  readonly name: string
  /** Made for trying and testing: used only where the repository's own configuration or a flag names it. */
  readonly sandbox: boolean
  readonly source: TrustSource
  readonly trust: TrustedRoot
}

/** Who named an instance: a flag, the environment, a scope of Git's configuration, or nobody. */
export type NamedBy =
  | 'flag'
  | 'environment'
  | 'command'
  | 'worktree'
  | 'local'
  | 'global'
  | 'system'
  | 'unknown'
  | 'default'

const MAY_NAME_SANDBOX: readonly NamedBy[] = ['flag', 'command', 'worktree', 'local']

/** Throws `config` for what could not be a directory's name everywhere, or would step out of its parent. */
export function parseInstanceName(text: string, source: string): string {
  if (isInstanceName(text)) return text
  throw new Fault('config', `${source}: not an instance name`, {
    hint: 'use up to 63 lower-case letters, digits and hyphens, a letter or digit first',
  })
}

export function isInstanceName(text: string): boolean {
  return /^[a-z0-9][a-z0-9-]{0,62}$/.test(text)
}

/** Refuses a sandbox that a setting for all repositories names: its keys lie on a disk and vouch for anybody. */
export function checkNaming(name: string, sandbox: boolean, namedBy: NamedBy): Fault | undefined {
  if (!sandbox || MAY_NAME_SANDBOX.includes(namedBy)) return undefined
  return new Fault('config', `instance ${name} is a sandbox, and ${describe(namedBy)} names it`, {
    hint: `a repository names its sandbox itself: git config --local gitsigil.instance ${name}`,
  })
}

function describe(namedBy: NamedBy): string {
  return namedBy === 'environment' || namedBy === 'default' ? `the ${namedBy}` : `${namedBy} Git configuration`
}

/**
 * The first instance, in the order given, with a CA that issued `leaf`, as its names and key identifiers say it: nothing
 * is verified here, the chain check does that, and a certificate that lies about its issuer fails it. Sandboxes are
 * never found this way.
 */
export function instanceFor(leaf: Certificate, instances: readonly Instance[]): Instance | undefined {
  return instances.find((instance) => !instance.sandbox && hasIssuer(instance, leaf))
}

/** Whether a CA of this instance claims to have issued `leaf`. */
export function hasIssuer(instance: Instance, leaf: Certificate): boolean {
  return instance.trust.authorities.some(({ chain }) => chain.some((issuer) => namesIssuer(leaf, issuer)))
}

/** Whether `child` says that `issuer` issued it. Names alone do not tell: public good and its staging share theirs. */
export function namesIssuer(child: Certificate, issuer: Certificate): boolean {
  if (!equalBytes(child.issuer, issuer.subject)) return false
  const wanted = keyId(child, '2.5.29.35', (value) => readDer(value, TAG.sequence).reader().readOptional(0x80))
  const actual = keyId(issuer, '2.5.29.14', (value) => readDer(value, TAG.octetString))
  return wanted === undefined || actual === undefined || equalBytes(wanted, actual)
}

// A key identifier only helps to choose, so one that cannot be read is as good as none.
function keyId(certificate: Certificate, oid: string, read: (value: Uint8Array) => Element | undefined) {
  const extension = findExtension(certificate, oid)
  try {
    return extension && read(extension.value)?.content
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'parse') return undefined
    throw thrown
  }
}
