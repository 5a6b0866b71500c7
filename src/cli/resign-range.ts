// The commits of a range as `resign` needs them: whose they are, and what is to be said of their signatures.
import type { Assessor } from '../compose/assessor.ts'
import { Fault } from '../errors.ts'
import { messageOf, parseCommitHeader, parsePerson } from '../git/commit.ts'
import type { Candidate, CommitState } from '../resign/plan.ts'
import { runGit } from '../system/git.ts'
import { listRange } from '../system/git-branch.ts'
import type { World } from '../system/world.ts'
import { readSigned, type SignedObject, splitProblem } from './signed-object.ts'

/** More commits than anybody signs anew at once. */
const MAX_COMMITS = 10_000
const MAX_SUBJECT = 72

/** The range, parents before children. */
export interface ResignRange {
  readonly candidates: readonly Candidate[]
  readonly objects: ReadonlyMap<string, SignedObject>
}

/** Reads and verifies every commit that `tip` reaches and `base` does not. Throws `git`, `usage` or `config`. */
export async function readRange(world: World, base: string, tip: string, assessor: Assessor): Promise<ResignRange> {
  const oids = await listRange(world, base, tip)
  if (oids.length > MAX_COMMITS)
    throw new Fault('usage', `the range has ${oids.length} commits: more than ${MAX_COMMITS}`)
  const own = await readOwnEmails(world)
  const objects = new Map<string, SignedObject>()
  const candidates: Candidate[] = []
  for (const oid of oids) {
    const signed = await readSigned(world, oid, false)
    objects.set(oid, signed)
    candidates.push(candidateOf(signed, assessor, own))
  }
  return { candidates, objects }
}

function candidateOf(signed: SignedObject, assessor: Assessor, own: ReadonlySet<string>): Candidate {
  const { payload } = signed.split
  const { parents, author, committer } = parseCommitHeader(payload, signed.subject.algorithm)
  const people = [author, committer].map(parsePerson)
  const names = people.map(({ name, email }) => `${name} <${email}>`)
  return {
    oid: signed.subject.object,
    parents,
    subject: new TextDecoder().decode(messageOf(payload)).split('\n')[0]?.slice(0, MAX_SUBJECT) ?? '',
    people: [...new Set(names)].join(', committed by '),
    isOwn: people.every(({ email }) => own.has(email)),
    state: stateOf(signed, assessor),
  }
}

function stateOf(signed: SignedObject, assessor: Assessor): CommitState {
  const { signature, format, payload } = signed.split
  if (signature === undefined) return { name: 'unsigned' }
  const problem = splitProblem(signed)
  if (problem !== undefined)
    return signed.split.problem === undefined && format !== undefined
      ? { name: 'foreign', format }
      : { name: 'rejected', why: `format: ${problem}` }
  const assessment = assessor.assess(payload, signature)
  if (assessment.ok) return { name: 'verified', signer: assessment.verdict.signer.identity }
  return { name: 'rejected', why: `${assessment.rejection.check}: ${assessment.rejection.why}` }
}

/** The addresses under which Git would commit here and now. Throws `config` where it would not. */
async function readOwnEmails(world: World): Promise<ReadonlySet<string>> {
  const emails = new Set<string>()
  for (const name of ['GIT_AUTHOR_IDENT', 'GIT_COMMITTER_IDENT']) {
    const { status, stdout, complaint } = await runGit(world, ['var', name])
    if (status !== 0)
      throw new Fault('config', `git does not know who you are: ${complaint}`, { hint: 'set user.email' })
    emails.add(parsePerson(stdout).email)
  }
  if (emails.has('')) throw new Fault('config', 'your email address is empty', { hint: 'set user.email' })
  return emails
}
