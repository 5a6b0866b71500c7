// Where instances are kept: one private directory each, under the data directory.
import { isAbsolute, join } from 'node:path'
import { Fault } from '../errors.ts'

type Environment = Readonly<Record<string, string | undefined>>

/**
 * The directory that holds one directory for each instance, or undefined where there is no home. `TUF_ROOT` takes the
 * place of the data directory; gitsign keeps its own files beside ours there, and elsewhere never near them. Throws
 * `config` for a relative TUF_ROOT: Git starts us in the work tree, and a repository must not bring its own trust.
 */
export function instancesDirectory(env: Environment): string | undefined {
  const { TUF_ROOT: tufRoot } = env
  if (tufRoot !== undefined && tufRoot !== '' && !isAbsolute(tufRoot))
    throw new Fault('config', 'TUF_ROOT: not an absolute path')
  const base = tufRoot || baseDirectory(env, 'XDG_DATA_HOME', ['.local', 'share'])
  return base && join(base, 'gitsigil', 'instances')
}

/** The directory for what may be lost at any time, or undefined where there is no home. */
export function cacheDirectory(env: Environment): string | undefined {
  const base = baseDirectory(env, 'XDG_CACHE_HOME', ['.cache'])
  return base && join(base, 'gitsigil')
}

/** The directory for what should not be lost but is nobody's configuration, or undefined where there is no home. */
export function stateDirectory(env: Environment): string | undefined {
  const base = baseDirectory(env, 'XDG_STATE_HOME', ['.local', 'state'])
  return base && join(base, 'gitsigil')
}

/** The files of an instance. */
export function instancePaths(instances: string, name: string) {
  const directory = join(instances, name)
  return {
    directory,
    record: join(directory, 'instance.json'),
    trustedRoot: join(directory, 'trusted_root.json'),
    signingConfig: join(directory, 'signing_config.json'),
    /** TUF metadata as it was last verified. */
    metadata: join(directory, 'tuf'),
  }
}

// The XDG specification has relative paths ignored.
function baseDirectory(env: Environment, name: string, fallback: readonly string[]): string | undefined {
  const given = env[name]
  if (given !== undefined && isAbsolute(given)) return given
  const local = env['LOCALAPPDATA']
  if (local !== undefined && isAbsolute(local)) return local
  const home = env['HOME'] ?? env['USERPROFILE']
  return home !== undefined && isAbsolute(home) ? join(home, ...fallback) : undefined
}
