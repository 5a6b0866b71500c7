// Who a Fulcio certificate names: one subject alternative name and the Fulcio extensions (fulcio docs/oid-info.md).
// The certificate's word: good once its chain is checked.
import { contextTag, type Element, readDer, TAG } from '../asn1/read.ts'
import { parseOid, parseText } from '../asn1/value.ts'
import { decodeUtf8 } from '../bytes.ts'
import { malformed } from '../errors.ts'
import { type Certificate, type Extension, findExtension } from '../x509/certificate.ts'
import { EXTENSION } from '../x509/extensions.ts'

/** Who a Fulcio certificate names. */
export interface Identity {
  /** The SAN's value: email address, URI or user name. */
  readonly subject: string
  readonly type: 'email' | 'uri' | 'username'
  /** OIDC issuer. */
  readonly issuer: string
  /** The further Fulcio extensions, by their short names (`CLAIMS`). */
  readonly claims: Readonly<Record<string, string>>
}

const FULCIO = '1.3.6.1.4.1.57264.1'
const USER_NAME = `${FULCIO}.7`
/** The extensions that name the OIDC issuer: whoever has one claims an identity. */
export const CLAIMED_ISSUER: readonly string[] = [`${FULCIO}.1`, `${FULCIO}.8`]
const MAX_TEXT = 4096

/** Short names of the further extensions by OID. */
export const CLAIMS: ReadonlyMap<string, string> = new Map([
  [`${FULCIO}.2`, 'githubWorkflowTrigger'],
  [`${FULCIO}.3`, 'githubWorkflowSha'],
  [`${FULCIO}.4`, 'githubWorkflowName'],
  [`${FULCIO}.5`, 'githubWorkflowRepository'],
  [`${FULCIO}.6`, 'githubWorkflowRef'],
  [`${FULCIO}.9`, 'buildSignerUri'],
  [`${FULCIO}.10`, 'buildSignerDigest'],
  [`${FULCIO}.11`, 'runnerEnvironment'],
  [`${FULCIO}.12`, 'sourceRepositoryUri'],
  [`${FULCIO}.13`, 'sourceRepositoryDigest'],
  [`${FULCIO}.14`, 'sourceRepositoryRef'],
  [`${FULCIO}.15`, 'sourceRepositoryIdentifier'],
  [`${FULCIO}.16`, 'sourceRepositoryOwnerUri'],
  [`${FULCIO}.17`, 'sourceRepositoryOwnerIdentifier'],
  [`${FULCIO}.18`, 'buildConfigUri'],
  [`${FULCIO}.19`, 'buildConfigDigest'],
  [`${FULCIO}.20`, 'buildTrigger'],
  [`${FULCIO}.21`, 'runInvocationUri'],
  [`${FULCIO}.22`, 'sourceRepositoryVisibilityAtSigning'],
  [`${FULCIO}.23`, 'deploymentEnvironment'],
  [`${FULCIO}.24`, 'tokenSubject'],
])

/** Extensions whose value is the text itself; the later ones hold a DER UTF8String. */
const RAW: ReadonlySet<string> = new Set([1, 2, 3, 4, 5, 6].map((arc) => `${FULCIO}.${arc}`))

/** Reads the identity. Throws `parse` where there is not exactly one name and exactly one issuer. */
export function parseIdentity(certificate: Certificate): Identity {
  const claims: Record<string, string> = {}
  for (const extension of certificate.extensions) {
    const name = CLAIMS.get(extension.oid)
    if (name !== undefined) claims[name] = readText(extension)
  }
  return { ...parseSubject(certificate), issuer: parseIssuer(certificate), claims }
}

function parseSubject(certificate: Certificate): Pick<Identity, 'subject' | 'type'> {
  const extension = findExtension(certificate, EXTENSION.subjectAltName)
  if (extension === undefined) throw malformed('identity', 'no subject alternative name')
  const names = readDer(extension.value, TAG.sequence).reader()
  const name = names.readAny()
  // With two names one is compared with the policy and the other shown.
  if (!names.done) throw malformed('identity', 'more than one subject alternative name')
  const found = parseName(name)
  if (found.subject === '' || found.subject.length > MAX_TEXT) throw malformed('identity', 'empty or too long a name')
  return found
}

function parseName(name: Element): Pick<Identity, 'subject' | 'type'> {
  if (name.tag === contextTag(1, false)) return { subject: parseIA5(name.content), type: 'email' }
  if (name.tag === contextTag(6, false)) return { subject: parseIA5(name.content), type: 'uri' }
  if (name.tag !== contextTag(0)) throw malformed('identity', 'not an email address, URI or user name')
  const other = name.reader()
  if (parseOid(other.read(TAG.oid)) !== USER_NAME) throw malformed('identity', 'unknown kind of other name')
  const value = other.read(contextTag(0)).reader()
  other.finish()
  const subject = parseText(value.read(TAG.utf8String))
  value.finish()
  return { subject, type: 'username' }
}

/** An email address beyond ASCII has its own form of name; here such bytes would be read as one character set or another. */
function parseIA5(content: Uint8Array): string {
  if (content.some((byte) => byte >= 0x80)) throw malformed('identity', 'not ASCII')
  return decodeUtf8(content)
}

function parseIssuer(certificate: Certificate): string {
  const [old, current] = [findExtension(certificate, `${FULCIO}.1`), findExtension(certificate, `${FULCIO}.8`)]
  const found = current ?? old
  const issuer = found === undefined ? '' : readText(found)
  if (issuer === '') throw malformed('identity', 'no OIDC issuer')
  // Two issuers: one verifier reads the old extension, another the new.
  if (old !== undefined && readText(old) !== issuer) throw malformed('identity', 'two OIDC issuers')
  return issuer
}

function readText({ oid, value }: Extension): string {
  if (value.length > MAX_TEXT) throw malformed('identity', 'an extension is too long')
  return RAW.has(oid) ? decodeUtf8(value, 'extension') : parseText(readDer(value, TAG.utf8String))
}
