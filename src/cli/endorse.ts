// `endorse TAG`: a further signature of a tag, for a policy that asks for more than one: a bundle over the tag's id, kept
// in a note beside it. What was made is verified before it is kept.
import { joinNote, NOTES_REF, notedArtifact } from '../attest/notes.ts'
import { readConfiguration } from '../compose/assessor.ts'
import { composeBundleAssessor } from '../compose/bundle.ts'
import { checkSound } from '../compose/signed.ts'
import { composeSigning } from '../compose/signer.ts'
import { Fault } from '../errors.ts'
import { parseTagHeader } from '../git/commit.ts'
import { signBundle } from '../sign/bundle.ts'
import { changeNote } from '../system/git-notes.ts'
import { type GitObject, readObject } from '../system/git-object.ts'
import type { World } from '../system/world.ts'
import { escapeText } from '../tell.ts'
import { type FlagTable, parseFlags } from './flags.ts'
import { SIGNING_FLAGS } from './option-flags.ts'

export const ENDORSE_FLAGS: FlagTable = SIGNING_FLAGS

export async function endorseCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, ENDORSE_FLAGS)
  const [name, ...more] = flags.operands
  if (name === undefined || more.length > 0) throw new Fault('usage', 'expected one tag')
  const configured = await readConfiguration(world, flags.values)
  const tag = await readTag(world, name)
  const { ports, notes } = await composeSigning(configured)
  const tell = (text: string) => world.write(2, `${world.name}: ${escapeText(text)}\n`)
  for (const note of notes) tell(`warning: ${note}`)
  const { tag: title, type, object } = parseTagHeader(tag.bytes, tag.algorithm)
  tell(`endorsing tag ${title} (${tag.oid}), which names ${type} ${object}`)
  const artifact = notedArtifact(tag.oid)
  const signed = await signBundle(artifact, ports)
  const assessment = (await composeBundleAssessor(configured)).assess(signed.bundle, artifact)
  if (!assessment.ok) {
    const { check, why } = assessment.rejection
    throw new Fault('trust', `the new bundle does not verify: ${check}: ${why}`)
  }
  await changeNote(world, tag.oid, NOTES_REF, (note) => joinNote(note, signed.bundle))
  const { subject, issuer } = assessment.verdict.signer.identity
  tell(`endorsed by ${subject} (${issuer}), tlog index ${signed.entry.logIndex}`)
  tell(`hint: git push REMOTE ${NOTES_REF} gives it to others`)
  return 0
}

async function readTag(world: World, name: string): Promise<GitObject> {
  const object = checkSound(await readObject(world, name))
  if (object.type !== 'tag')
    throw new Fault('usage', `${name} names a ${object.type}, and only tag objects are endorsed`, {
      hint: 'git tag -s makes one',
    })
  return object
}
