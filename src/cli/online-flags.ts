// The flags by which a log is asked for what has no entry inside (gitsign's online mode), and how politely.
import type { Configured } from '../compose/assessor.ts'
import { Fault } from '../errors.ts'
import { type FlagTable, flagValue, isSet, type ParsedFlags } from './flags.ts'

export const ONLINE_FLAG: FlagTable = {
  online: { kind: 'switch', help: "look up in the log what has no entry inside (gitsign's online mode)" },
}

export const IN_FLIGHT_FLAG: FlagTable = {
  'in-flight': { kind: 'value', value: 'NUMBER', help: 'requests that a log is sent at once (60)' },
}

const MAX_IN_FLIGHT = 1_000

/** Nobody reaches a network unless this says so. */
export function isOnline(flags: ParsedFlags, { settings }: Pick<Configured, 'settings'>): boolean {
  return isSet(flags, 'online') || settings.rekorMode === 'online'
}

/** Throws `usage`. */
export function readInFlight(flags: ParsedFlags): number {
  const text = flagValue(flags, 'in-flight') ?? '60'
  if (!/^[1-9]\d{0,3}$/.test(text) || Number(text) > MAX_IN_FLIGHT)
    throw new Fault('usage', `--in-flight: not a number from 1 to ${MAX_IN_FLIGHT}: ${text}`)
  return Number(text)
}
