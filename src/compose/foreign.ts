// OpenPGP and SSH signatures of objects, held against the keys in a policy by Git's own programs.
import { tmpdir } from 'node:os'
import { Fault } from '../errors.ts'
import type { KeyEntry } from '../policy/document.ts'
import type { ForeignVerdict } from '../policy/input.ts'
import { goodKey, importedKeys } from '../policy/openpgp.ts'
import type { Policy } from '../policy/prepare.ts'
import { resolvePath } from '../system/files.ts'
import {
  findSshPrincipals,
  importOpenPgp,
  verifyOpenPgp,
  verifySsh,
  type Workshop,
  writeSshSigners,
} from '../system/foreign.ts'
import type { GitObject } from '../system/git-object.ts'
import { withScratch } from '../system/private-files.ts'
import type { World } from '../system/world.ts'
import type { Configured } from './assessor.ts'
import { splitSigned } from './signed.ts'

/** Names of the policy's keys by what their program knows them by. */
interface Keyring {
  readonly at: Workshop
  readonly fingerprints: ReadonlyMap<string, readonly string[]>
  readonly hasSsh: boolean
}

type Checker = (signature: Uint8Array, payload: Uint8Array) => Promise<ForeignVerdict>

/** By object id; nothing for objects without such a signature. Throws `io` where a program is missing. */
export async function verifyForeign(
  configured: Configured,
  { document }: Policy,
  objects: readonly GitObject[],
): Promise<ReadonlyMap<string, ForeignVerdict>> {
  const { world } = configured
  const programs = foreignPrograms(configured)
  return await withScratch(tmpdir(), async (home) => {
    const keyring = await fillKeyring(world, { ...programs, home }, document.keys)
    const checkers: Readonly<Record<ForeignVerdict['format'], Checker>> = {
      openpgp: (signature, payload) => checkOpenPgp(world, keyring, signature, payload),
      ssh: (signature, payload) => checkSsh(world, keyring, signature, payload),
    }
    const verdicts = new Map<string, ForeignVerdict>()
    for (const object of objects) {
      const split = splitSigned(configured, object)
      if (split?.signature === undefined || split.format === undefined || split.format === 'x509') continue
      const { format, problem } = split
      // What Git drops from an object is signed by nobody, whatever the kind of signature.
      const verdict =
        problem === undefined ? await checkers[format](split.signature, split.payload) : bad(format, problem)
      verdicts.set(object.oid, verdict)
    }
    return verdicts
  })
}

/** Those that Git itself would call: of `gpg.program` and `gpg.openpgp.program` the last one counts. Throws `config`. */
export function foreignPrograms({ git, world }: Pick<Configured, 'git' | 'world'>): Omit<Workshop, 'home'> {
  return {
    openpgp: programOf(git, ['gpg.program', 'gpg.openpgp.program'], world) ?? 'gpg',
    ssh: programOf(git, ['gpg.ssh.program'], world) ?? 'ssh-keygen',
  }
}

function programOf(git: Configured['git'], keys: readonly string[], world: World): string | undefined {
  const found = git.findLast(({ key }) => keys.includes(key))
  if (found === undefined) return undefined
  const { key, value = '' } = found
  const path = value.includes('/') ? resolvePath(value, world) : value
  // A file of whatever repository this is would check its signatures.
  if (path === '' || (path !== value && !value.startsWith('~/')))
    throw new Fault(
      'config',
      `git config ${key}: ${JSON.stringify(value)} is neither an absolute path nor a name on the PATH`,
    )
  return path
}

async function fillKeyring(world: World, at: Workshop, keys: readonly KeyEntry[]): Promise<Keyring> {
  const fingerprints = new Map<string, readonly string[]>()
  for (const { name, format, key, line } of keys) {
    if (format !== 'openpgp') continue
    const { stdout } = await importOpenPgp(world, at, key)
    const imported = importedKeys(stdout)
    if (imported.length === 0)
      throw new Fault('config', `the policy's key ${name} (line ${line}) is no OpenPGP public key`)
    for (const each of imported) fingerprints.set(each, [...(fingerprints.get(each) ?? []), name])
  }
  const ssh = keys.filter(({ format }) => format === 'ssh')
  writeSshSigners(
    at,
    ssh.map(({ name, key }) => `${name} namespaces="git" ${key.split(' ').slice(0, 2).join(' ')}`),
  )
  return { at, fingerprints, hasSsh: ssh.length > 0 }
}

async function checkOpenPgp(world: World, keyring: Keyring, signature: Uint8Array, payload: Uint8Array) {
  if (keyring.fingerprints.size === 0) return bad('openpgp', 'signed with OpenPGP, and the policy has no OpenPGP key')
  const { stdout } = await verifyOpenPgp(world, keyring.at, signature, payload)
  const found = goodKey(stdout)
  if ('why' in found) return bad('openpgp', found.why)
  return verdictOf('openpgp', keyring.fingerprints.get(found.fingerprint) ?? [])
}

async function checkSsh(world: World, { at, hasSsh }: Keyring, signature: Uint8Array, payload: Uint8Array) {
  if (!hasSsh) return bad('ssh', 'signed with SSH, and the policy has no SSH key')
  const { status, stdout } = await findSshPrincipals(world, at, signature)
  const names = status === 0 ? stdout.split('\n').filter((line) => line !== '') : []
  const [principal] = names
  if (principal === undefined) return verdictOf('ssh', [])
  const verified = await verifySsh(world, at, principal, payload)
  return verified.status === 0 ? verdictOf('ssh', names) : bad('ssh', 'the SSH signature is wrong')
}

function verdictOf(format: ForeignVerdict['format'], keys: readonly string[]): ForeignVerdict {
  return keys.length > 0
    ? { ok: true, format, keys }
    : bad(format, `the ${format === 'ssh' ? 'SSH' : 'OpenPGP'} signature is by a key that is not in the policy`)
}

function bad(format: ForeignVerdict['format'], why: string): ForeignVerdict {
  return { ok: false, format, why }
}
