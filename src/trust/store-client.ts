// The trust that a run uses, read from disk: files that the configuration names, else what TUF last verified for the
// instance, else the embedded public-good root. Reads one small file for the instance asked for, others only on demand.
import { Fault } from '../errors.ts'
import { readBytesIfAny } from '../system/files.ts'
import { listDirectories } from '../system/private-files.ts'
import { checkNaming, type Instance, isInstanceName, type NamedBy, PUBLIC_GOOD, parseInstanceName } from './instance.ts'
import { instancePaths, instancesDirectory } from './place.ts'
import { publicGoodRoot, publicGoodSigningConfig } from './public-good.ts'
import { type InstanceRecord, parseRecord } from './record.ts'
import type { TrustedRoot } from './root.ts'
import { parseTrustedRoot } from './root-json.ts'
import { parseSigningConfig, type SigningConfig } from './signing-config.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * An instance by its name. Throws `config` for one that was never initialized, and for a sandbox that is not named by
 * the repository itself; `trust` where its files are damaged.
 */
export function readInstance(env: Environment, name: string, namedBy: NamedBy): Instance {
  const instances = instancesDirectory(env)
  const instance = instances === undefined ? undefined : readKept(instances, parseInstanceName(name, 'instance'))
  if (instance === undefined) return fallback(name)
  const problem = checkNaming(name, instance.sandbox, namedBy)
  if (problem !== undefined) throw problem
  return instance
}

/** All instances that a certificate may be looked up in, but `known`: public good first, then by name, no sandbox. */
export function readOtherInstances(env: Environment, known: string): readonly Instance[] {
  const instances = instancesDirectory(env)
  const kept = instances === undefined ? [] : listDirectories(instances).filter(isInstanceName)
  const names = [PUBLIC_GOOD, ...kept.filter((name) => name !== PUBLIC_GOOD)].filter((name) => name !== known)
  return names.flatMap((name) => readQuietly(instances, name))
}

/** The instance's signing config, or undefined where its repository has none. Throws `trust` where it is damaged. */
export function readSigningConfig(env: Environment, name: string): SigningConfig | undefined {
  const instances = instancesDirectory(env)
  const path = instances === undefined ? undefined : instancePaths(instances, name).signingConfig
  const kept = path === undefined ? undefined : readKeptFile(path, parseSigningConfig)
  return kept ?? (name === PUBLIC_GOOD ? publicGoodSigningConfig() : undefined)
}

/** What is known of an instance's origin; undefined where it was never initialized or that is damaged. */
export function readRecord(instances: string, name: string): InstanceRecord | undefined {
  try {
    return readKeptFile(instancePaths(instances, name).record, parseRecord)
  } catch (thrown) {
    if (thrown instanceof Fault) return undefined
    throw thrown
  }
}

function readKept(instances: string, name: string): Instance | undefined {
  const paths = instancePaths(instances, name)
  const trust: TrustedRoot | undefined = readKeptFile(paths.trustedRoot, parseTrustedRoot)
  if (trust === undefined) return undefined
  // Public good is never a sandbox: refreshing refuses that, and the common verification reads one file less.
  const record = name === PUBLIC_GOOD ? undefined : readKeptFile(paths.record, parseRecord)
  if (record === undefined && name !== PUBLIC_GOOD) return undefined
  return { name, sandbox: record?.sandbox ?? false, source: 'cache', trust }
}

function fallback(name: string): Instance {
  if (name === PUBLIC_GOOD) return { name, sandbox: false, source: 'embedded', trust: publicGoodRoot() }
  throw new Fault('config', `instance ${name} is not initialized`, {
    hint: `gitsigil initialize --instance ${name} --mirror URL --root FILE`,
  })
}

// A damaged instance vouches for nobody; it must not stop the verification of another's signature.
function readQuietly(instances: string | undefined, name: string): readonly Instance[] {
  try {
    const instance = (instances === undefined ? undefined : readKept(instances, name)) ?? fallback(name)
    // Certificates are read on first use: here, where a damaged one can be caught.
    const chains = instance.trust.authorities.map(({ chain }) => chain)
    return instance.sandbox || chains.length === 0 ? [] : [instance]
  } catch (thrown) {
    if (thrown instanceof Fault) return []
    throw thrown
  }
}

function readKeptFile<T>(path: string, parse: (bytes: Uint8Array) => T): T | undefined {
  const bytes = readBytesIfAny(path)
  try {
    return bytes === undefined ? undefined : parse(bytes)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    throw new Fault('trust', `${path}: ${cause.message}`, { cause, hint: 'gitsigil initialize reads it anew' })
  }
}
