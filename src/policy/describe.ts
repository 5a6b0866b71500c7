// A policy in words, and what about one is probably not meant.
import type { Authority, PolicyDocument, Rule, WitnessRule } from './document.ts'
import type { Policy } from './prepare.ts'

/** One line a thing it says. */
export function describePolicy({ document, instance }: Policy): readonly string[] {
  const { identities, keys, rules, exemptions, revocations, mode } = document
  return [
    `${mode === 'warn' ? 'warns of' : 'refuses'} what no rule allows; identities are those of the instance ${instance}`,
    `${numbered(identities.length, 'identity', 'identities')}, ${numbered(keys.length, 'key', 'keys')}, ` +
      `${numbered(exemptions.length, 'exemption', 'exemptions')}, ${numbered(revocations.length, 'revocation', 'revocations')}`,
    ...rules.map((rule) => `${rule.name}: ${describeRule(rule)}`),
    `the policy itself is changed by ${document.change.map(describeAuthority).join(', or ')}`,
    ...(document.witnesses === undefined ? [] : [describeWitnesses(document.witnesses)]),
  ]
}

export function describeWitnesses(rule: WitnessRule | undefined): string {
  if (rule === undefined) return 'no witness is asked for'
  const { keys, quorum, origins } = rule
  const names = keys.map((vkey) => vkey.slice(0, vkey.indexOf('+'))).join(', ')
  return `a checkpoint of ${origins?.join(' or ') ?? 'any log'} that is monitored must be cosigned by ${quorum} of ${names}`
}

function describeRule(rule: Rule): string {
  const where = rule.refs === undefined ? 'every ref' : rule.refs.join(', ')
  const paths = rule.paths === undefined ? '' : ` that changes ${rule.paths.join(', ')}`
  const parents = rule.parents === 'first' ? ', on the first-parent line' : ''
  const start =
    rule.start.length === 0 ? '' : `, but what is not after ${rule.start.map((oid) => oid.slice(0, 12)).join(', ')}`
  const verb = rule.mode === 'warn' ? 'should be' : 'must be'
  const who = rule.authorities.map(describeAuthority).join(', or ')
  return `each ${rule.kinds.join(' and ')} at ${where}${paths}${parents}${start} ${verb} by ${who}`
}

function describeAuthority({ signers, quorum, cel }: Authority): string {
  const heads = quorum > 1 ? `${quorum} of ` : ''
  const condition = cel === undefined ? '' : ` where ${cel.trim().replace(/\s+/g, ' ')}`
  return `${heads}${signers.join(' or ')}${condition}`
}

/** @param now milliseconds since 1970 */
export function doubtsOf({ document }: Policy, now: number): readonly string[] {
  const { identities, keys, rules, exemptions, change } = document
  const used = new Set(
    [...rules.flatMap(({ authorities }) => authorities), ...change].flatMap(({ members }) => members),
  )
  return [
    ...[...identities, ...keys]
      .filter(({ name }) => !used.has(name))
      .map(({ name, line }) => at(document, line, `${name} is of no rule`)),
    ...exemptions
      .filter(({ until }) => until !== undefined && until <= now)
      .map(({ object, line }) => at(document, line, `the exemption of ${object.slice(0, 12)} has ended`)),
    ...(['commit', 'tag'] as const)
      .filter((kind) => !rules.some(({ kinds }) => kinds.includes(kind)))
      .map((kind) => at(document, 1, `no rule is for a ${kind}, so each ${kind} is refused`)),
    ...(new Set(change.flatMap(({ members }) => members)).size === 1
      ? [at(document, 1, 'one identity alone may change the policy: who loses it has to start anew')]
      : []),
  ]
}

function at({ source }: PolicyDocument, line: number, text: string): string {
  return `${source}:${line}: ${text}`
}

function numbered(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`
}
