// What a ref is to name, followed from tag to tag to what it is about: by what is there, not by what a tag says.
import type { PushUpdate } from '../git/push.ts'
import { isTagRef } from './change.ts'
import type { Gate, Tip } from './gate.ts'
import type { Refusal } from './refusal.ts'

/** Tags of tags beyond this are nobody's. */
const MAX_DEPTH = 16

export interface Followed {
  /** The tag objects, the outermost first. */
  readonly tags: readonly Tip[]
  /** What they are about. */
  readonly end: Tip
}

/** Throws nothing: what cannot be followed is a refusal. */
export async function follow(gate: Gate, { to, ref }: PushUpdate): Promise<Followed | Refusal> {
  const tags: Tip[] = []
  let [tip] = await gate.readTips([to])
  let said: string | undefined
  while (tip !== undefined && tags.length < MAX_DEPTH) {
    if (tip.type === undefined) return { ref, why: `${tip.oid} is missing, so nothing about it can be checked` }
    if (said !== undefined && said !== tip.type) return { ref, why: `a tag calls the ${tip.type} ${tip.oid} a ${said}` }
    if (tip.type !== 'tag') return { tags, end: tip }
    if (tip.tag === undefined) return { ref, why: `the tag ${tip.oid} cannot be read` }
    tags.push(tip)
    said = tip.tag.type
    ;[tip] = await gate.readTips([tip.tag.object])
  }
  return { ref, why: `more than ${MAX_DEPTH} tags of tags` }
}

/** What nobody can have signed, and a tag under another name than the one that was signed. */
export function refuseTip({ ref }: PushUpdate, { tags, end }: Followed): Refusal | undefined {
  const [tag] = tags
  if (tag === undefined && end.type !== 'commit')
    return {
      ref,
      why: `it names a ${end.type}, which cannot be signed`,
      ways: [{ says: 'make a signed tag of it:', run: 'git tag -s NAME OBJECT' }],
    }
  // An old release offered as a new one is as good as forged.
  const name = tag?.tag?.name
  if (name === undefined || !isTagRef(ref) || ref === `refs/tags/${name}`) return undefined
  return { ref, why: `the tag object there is signed as ${JSON.stringify(name)}, and not under this name` }
}
