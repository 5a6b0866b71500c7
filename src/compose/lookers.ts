// Who looks at the objects of a history: this thread, or several. Each finds the trust by itself, from the same
// configuration, and says which it found, so that none verifies under another.
import { createHash } from 'node:crypto'
import { Fault } from '../errors.ts'
import { type Batch, decodeBatch, encodeFindings } from '../history/batch.ts'
import { lookAtAll, lookInTurns, type VerifyPlace } from '../history/look.ts'
import type { Format } from '../history/places.ts'
import { AHEAD, type Lookers, type Pool, poolOf, type Thread } from '../history/pool.ts'
import { createTidying } from '../system/long-run.ts'
import { type Asker, threadEntry, threadStarter } from '../system/thread.ts'
import { takeTurn } from '../system/wait.ts'
import type { World } from '../system/world.ts'
import type { Instances } from '../trust/choice-client.ts'
import type { VerifyOptions } from '../verify/material.ts'
import { verifySignature, verifySteps } from '../verify/verify.ts'
import { composeTrust, optionsUnder, readLeaf, type TrustBasis, verifyUnder } from './assessor.ts'

/** Objects that are looked at before the first thread is worth its start. */
const FEW = 64

const ENTRY = threadEntry(import.meta.url, './thread.ts', 'history-thread')

/** What every thread needs: plain data. */
export interface LookSetting extends Pick<TrustBasis, 'settings' | 'sources'> {
  readonly world: Pick<World, 'env' | 'cwd'>
  /** Milliseconds since 1970: one moment for the whole run. */
  readonly now: number
  readonly format: Format
  /** Of the trust that the run began with. */
  readonly trust: string
}

/** SHA-256 over all that a verdict depends on beside object and clock: each root, by its instance, and what is left out. */
export function trustDigest(instances: Instances, { settings }: Pick<TrustBasis, 'settings'>): string {
  const roots = [instances.standard, ...instances.others()].map(({ name, trust }) => `${name} ${trust.digest}`)
  const skipped = settings.insecureIgnoreSCT ? 'without sct' : ''
  const lenient = settings.promiseSuffices === true ? ['a promise suffices'] : []
  return createHash('sha256')
    .update([...roots, skipped, ...lenient].join('\n'))
    .digest('hex')
}

/**
 * @param jobs threads that verify. This one, which reads and walks, is one of them: it takes what finds the others busy
 * @param few objects that are looked at here before the first of several is started
 */
export async function composeLookers(setting: LookSetting, jobs: number, few = FEW): Promise<Lookers> {
  const here = lookHere(setting)
  if (jobs === 1) return here
  const start = await threadStarter<LookSetting, Batch, readonly string[]>(ENTRY, setting)
  const tidy = createTidying()
  let [pool, left]: [Pool | undefined, number] = [undefined, few]
  return {
    width: here.width + (jobs - 1) * AHEAD,
    look(frames) {
      left -= frames.length
      if (left >= 0) return here.look(frames)
      pool ??= poolOf(jobs - 1, () => threadOf(start()))
      if (!pool.isBusy()) return pool.look(frames)
      tidy(frames.length)
      return here.look(frames)
    },
    close: async () => await pool?.close(),
  }
}

/** A thread's answer to a batch. Throws `trust` where the trust changed since the run began. */
export function answerBatches(setting: LookSetting): (batch: Batch) => readonly string[] {
  const verify = verifierFor(setting)
  const tidy = createTidying()
  return (batch) => {
    tidy(batch.items.length)
    return lookAtAll(decodeBatch(batch), setting.format, verify).map(encodeFindings)
  }
}

// While one group is verified another is read: Git waits where nobody takes what it gives.
function lookHere(setting: LookSetting): Lookers {
  const verify = verifierFor(setting)
  return {
    width: 1,
    look: (frames) => lookInTurns(frames, setting.format, verify, takeTurn),
    close: async () => undefined,
  }
}

function verifierFor({ settings, sources, world, now, trust }: LookSetting): VerifyPlace {
  const basis = { settings, sources, world: { ...world, now: () => now } }
  const instances = composeTrust(basis)
  if (trustDigest(instances, basis) !== trust) throw new Fault('trust', 'the trusted root changed during the run')
  const options = optionsUnder(instances.standard, basis)
  return function* (payload, armored) {
    const known = yield* verifySteps(payload, armored, options)
    const question = {
      verify: (others: VerifyOptions) => verifySignature(payload, armored, others),
      leaf: () => readLeaf(armored),
    }
    const { verdict, name: instance } = verifyUnder(instances, basis, question, known)
    return { verdict, instance }
  }
}

function threadOf(asker: Asker<Batch, readonly string[]>): Thread {
  return { look: (batch) => asker.ask(batch, [batch.bytes]), close: () => asker.stop() }
}
