// Who may sign, by the configuration: what a command's flags expect, else the allowed identities.
import { hash } from 'node:crypto'
import { decodeUtf8 } from '../bytes.ts'
import { describeSource, type Resolved } from '../config/resolve.ts'
import { Fault } from '../errors.ts'
import { type AllowEntry, judge, parseAllowEntry, parseAllowFile } from '../policy/allow.ts'
import type { Expectation } from '../policy/expect.ts'
import type { Judgement } from '../policy/judgement.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import type { World } from '../system/world.ts'
import type { Signer } from '../verify/verdict.ts'

/** What of the configuration says who may sign. */
export interface JudgeBasis extends Pick<Resolved, 'settings' | 'sources'> {
  readonly world: Pick<World, 'cwd' | 'env'>
}

export type Judge = <Who extends Pick<Signer, 'identity'>>(signer: Who, instance: string) => Judgement<Who>

/** Judges by what is expected, else by the allowed identities. Throws `config`. */
export async function composeJudge(configured: JudgeBasis, standard: string, expected?: Expectation): Promise<Judge> {
  if (expected !== undefined) {
    const { judgeExpected } = await import('../policy/expect.ts')
    return (signer, instance) => judgeExpected(signer, expected, instance, standard)
  }
  const allow = readAllowed(configured)
  return (signer, instance) => judge(signer, allow, instance, standard)
}

/**
 * SHA-256, lower-case hexadecimal, of what judges: whoever puts verdicts together asks whether one judge gave them all.
 * Undefined where nobody said who may sign.
 */
export function judgeDigest(configured: JudgeBasis, expected?: Expectation): string | undefined {
  const judges = expected ?? readAllowed(configured)
  if (Array.isArray(judges) && judges.length === 0) return undefined
  return hash('sha256', JSON.stringify(judges), 'hex')
}

/** A value is a line `ISSUER SUBJECT`, or else the path of a file of such lines. Throws `config`, `io` or `parse`. */
export function readAllowed({ settings, sources, world }: JudgeBasis): readonly AllowEntry[] {
  const source = describeSource(sources.allow)
  return settings.allow.flatMap((value) => {
    if (/^(?:instance=|https?:\/\/)/.test(value)) return [parseAllowEntry(value, source)]
    const path = resolvePath(value, world)
    return parseAllowFile(decodeAllowed(readAllowFile(path, source), path), path)
  })
}

// Most often no file was meant, but an identity without its issuer.
function readAllowFile(path: string, source: string): Uint8Array {
  try {
    return readBytes(path)
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause
    const hint = `${source} names that file; an identity is written ISSUER SUBJECT`
    throw new Fault(cause.code, cause.message, { cause, hint })
  }
}

// As wrong as a line in it that names nobody: the configuration's fault, not one of what is verified.
function decodeAllowed(bytes: Uint8Array, path: string): string {
  try {
    return decodeUtf8(bytes)
  } catch (cause) {
    throw new Fault('config', `${path}: not UTF-8`, { cause })
  }
}
