// A policy made ready to judge: its regular expressions and CEL compiled, each once. What compiles them is large, so it
// is loaded only for a policy that has some.
import type { Authority, PolicyDocument } from './document.ts'
import { atSource, unfit } from './node.ts'

/** The same question has the same answer, always. */
export interface Policy {
  readonly document: PolicyDocument
  /** Instance that identities without one of their own belong to. */
  readonly instance: string
  /** Whether one of the policy's regular expressions matches the whole text. */
  matches(regexp: string, text: string): boolean
  /** Whether one of the policy's expressions is true; throws a fault where it has no answer. */
  evaluate(cel: string, input: object): boolean
}

/** @param standard the repository's default instance. Throws `config` for what is not RE2 or not CEL. */
export async function preparePolicy(document: PolicyDocument, standard: string): Promise<Policy> {
  const regexps = await compileEach(
    regexpsOf(document),
    document.source,
    async () => (await import('./regexp.ts')).compileRegexp,
  )
  const cels = await compileEach(celsOf(document), document.source, async () => (await import('./cel.ts')).compileCel)
  return {
    document,
    instance: document.instance ?? standard,
    matches: (regexp, text) => regexps.get(regexp)?.(text) ?? false,
    evaluate: (cel, input) => cels.get(cel)?.(input) ?? false,
  }
}

type Located = readonly [text: string, line: number]

async function compileEach<T>(
  texts: readonly Located[],
  source: string,
  load: () => Promise<(text: string) => T>,
): Promise<ReadonlyMap<string, T>> {
  if (texts.length === 0) return new Map()
  const compile = await load()
  return new Map(texts.map(([text, line]) => [text, atSource(source, () => located(text, line, compile))]))
}

function located<T>(text: string, line: number, compile: (text: string) => T): T {
  try {
    return compile(text)
  } catch (thrown) {
    throw unfit(line, thrown instanceof Error ? thrown.message : String(thrown))
  }
}

function regexpsOf({ identities }: PolicyDocument): readonly Located[] {
  return identities.flatMap(({ line, forms }) =>
    forms
      .flatMap(({ issuer, subject, claims }) => [issuer, subject, ...claims.map(({ is }) => is)])
      .flatMap((pattern): readonly Located[] => ('regexp' in pattern ? [[pattern.regexp, line]] : [])),
  )
}

function celsOf({ rules, change }: PolicyDocument): readonly Located[] {
  const authorities: readonly Authority[] = [...rules.flatMap((rule) => rule.authorities), ...change]
  return authorities.flatMap(({ cel, line }): readonly Located[] => (cel === undefined ? [] : [[cel, line]]))
}
