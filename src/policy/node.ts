// A policy file as it was written: maps, lists and scalars, each with its line. What reads it says where a fault is.
import { Fault } from '../errors.ts'

export type Scalar = string | number | boolean | null

export type Node =
  | { readonly kind: 'map'; readonly line: number; readonly entries: readonly MapEntry[] }
  | { readonly kind: 'list'; readonly line: number; readonly items: readonly Node[] }
  | { readonly kind: 'scalar'; readonly line: number; readonly value: Scalar }

export interface MapEntry {
  readonly key: string
  readonly line: number
  readonly value: Node
}

/** A fault of the policy: `SOURCE:LINE: why`. `source` is added by who knows it (`atSource`). */
export function unfit(line: number, why: string, hint?: string): Fault {
  return new PolicyFault(line, why, hint)
}

class PolicyFault extends Fault {
  readonly line: number

  constructor(line: number, why: string, hint: string | undefined) {
    super('config', why, hint === undefined ? {} : { hint })
    this.line = line
  }
}

/** Runs `work`; a fault of the policy then names the file. */
export function atSource<T>(source: string, work: () => T): T {
  try {
    return work()
  } catch (cause) {
    if (!(cause instanceof PolicyFault)) throw cause
    const { message, hint, line } = cause
    throw new Fault('config', `${source}:${line}: ${message}`, hint === undefined ? { cause } : { hint, cause })
  }
}

/** How a node is called in messages. */
export function describeNode(node: Node): string {
  if (node.kind !== 'scalar') return node.kind === 'map' ? 'a map' : 'a list'
  if (node.value === null) return 'nothing'
  return typeof node.value === 'string'
    ? JSON.stringify(node.value.slice(0, 60))
    : `the ${typeof node.value} ${node.value}`
}
