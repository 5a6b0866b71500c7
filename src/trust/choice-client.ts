// Which trust the configuration asks for: a trusted_root.json, PEM files, or an instance by its name.
import { Fault } from '../errors.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import type { Certificate } from '../x509/certificate.ts'
import { CUSTOM, type Instance, instanceFor, type NamedBy, PUBLIC_GOOD, parseInstanceName } from './instance.ts'
import { applyPem, type PemFile, type PemFiles } from './pem.ts'
import { parseTrustedRoot } from './root-json.ts'
import { readInstance, readOtherInstances } from './store-client.ts'

/** What the options say; paths as they were written. */
export interface TrustChoice {
  readonly instance?: string | undefined
  readonly namedBy: NamedBy
  readonly trustedRoot?: string | undefined
  readonly fulcioRoot?: string | undefined
  readonly rekorPublicKey?: string | undefined
  readonly ctLogPublicKey?: string | undefined
  readonly timestampCertChain?: string | undefined
  readonly fulcioUrl?: string | undefined
  readonly rekorUrl?: string | undefined
}

/** The trust of a run. Identities without an instance's name mean those of `standard`. */
export interface Instances {
  readonly standard: Instance
  /** All that `findOther` may find, read once; none where trust was given as files. */
  others(): readonly Instance[]
  /**
   * Another instance whose CA issued `leaf`, for a signature that the standard one does not accept. Undefined where
   * the standard one issued it itself, where nobody did, and where trust was given as files: then nothing else counts.
   */
  findOther(leaf: Certificate): Instance | undefined
}

interface Surroundings {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
}

const DEFAULT_FULCIO = 'https://fulcio.sigstore.dev'
const DEFAULT_REKOR = 'https://rekor.sigstore.dev'

/** Reads the standard instance, and no other yet. Throws `config`, `io` or `trust`, each naming the file. */
export function loadInstances(choice: TrustChoice, world: Surroundings): Instances {
  // A whole trusted root says all there is to say: PEM files that an older setting names do not change a part of it.
  const base = readStandard(choice, world)
  const standard = base.source === 'file' ? base : applyFiles(choice, world, base)
  const isAlone = standard.source === 'file' || standard.source === 'pem'
  let kept: readonly Instance[] | undefined
  const others = () => {
    kept ??= isAlone ? [] : readOtherInstances(world.env, standard.name)
    return kept
  }
  return {
    standard,
    others,
    findOther(leaf) {
      if (isAlone) return undefined
      const found = instanceFor(leaf, [{ ...standard, sandbox: false }, ...others()])
      return found?.name === standard.name ? undefined : found
    },
  }
}

function readStandard(choice: TrustChoice, world: Surroundings): Instance {
  const { trustedRoot, instance = trustedRoot === undefined ? PUBLIC_GOOD : CUSTOM } = choice
  if (trustedRoot === undefined) return readInstance(world.env, instance, choice.namedBy)
  const { source, bytes } = readNamed('trustedRoot', trustedRoot, world)
  try {
    const name = parseInstanceName(instance, 'instance')
    return { name, sandbox: false, source: 'file', trust: parseTrustedRoot(bytes) }
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'parse') throw cause
    throw new Fault('config', `${source}: ${cause.message}`, { cause })
  }
}

function applyFiles(choice: TrustChoice, world: Surroundings, base: Instance): Instance {
  const files: PemFiles = {
    ...pemFile('fulcioRoot', choice.fulcioRoot, world),
    ...pemFile('rekorPublicKey', choice.rekorPublicKey, world),
    ...pemFile('ctLogPublicKey', choice.ctLogPublicKey, world),
    ...pemFile('timestampCertChain', choice.timestampCertChain, world),
  }
  if (Object.keys(files).length === 0) return base
  const { fulcioUrl: fulcio = DEFAULT_FULCIO, rekorUrl: rekor = DEFAULT_REKOR } = choice
  // Another CA makes other identities: those of the instance must not be taken for them.
  const name = files.fulcioRoot === undefined || choice.instance !== undefined ? base.name : CUSTOM
  return { ...base, name, source: 'pem', trust: applyPem(base.trust, files, { fulcio, rekor }) }
}

function pemFile(option: keyof PemFiles, path: string | undefined, world: Surroundings): PemFiles {
  return path === undefined ? {} : { [option]: readNamed(option, path, world) }
}

function readNamed(option: string, path: string, world: Surroundings): PemFile {
  const resolved = resolvePath(path, world)
  return { source: `${option} ${resolved}`, bytes: readBytes(resolved) }
}
