// `policy init`: drafts a policy from those who signed what HEAD and the tags reach, and says how to have it in force.
import { dirname, join } from 'node:path'
import { encodeUtf8 } from '../bytes.ts'
import { type Configured, readConfiguration } from '../compose/assessor.ts'
import { composeHistory } from '../compose/history.ts'
import { Fault } from '../errors.ts'
import { type DraftSigner, draftPolicy } from '../policy/draft.ts'
import { POLICY_PATH } from '../policy/parse.ts'
import { createFile, makeDirectory, readBytesIfAny } from '../system/files.ts'
import { readBranch } from '../system/git-refs.ts'
import { findCommit } from '../system/git-walk.ts'
import { removeFile } from '../system/private-files.ts'
import type { World } from '../system/world.ts'
import { isSet, parseFlags } from './flags.ts'
import { tellLines, workTree } from './policy-file.ts'
import { POLICY_FLAGS } from './policy-flags.ts'

export async function initPolicy(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, POLICY_FLAGS)
  if (flags.operands.length > 0) throw new Fault('usage', 'policy init takes no operands')
  const configured = await readConfiguration(world, flags.values)
  const path = join(await workTree(world), POLICY_PATH)
  if (!isSet(flags, 'force') && readBytesIfAny(path) !== undefined)
    throw new Fault('usage', `${path} is there already`, { hint: '--force writes over it' })
  const { signers, isMixed, foreign } = await readSigners(configured)
  if (signers.length === 0)
    throw new Fault('config', 'nobody has signed anything here that is accepted', {
      hint: 'sign a commit first: a policy that names nobody would refuse everything',
    })
  const isOnBranch = (await readBranch(world)) !== 'HEAD'
  const start = isMixed ? await findCommit(world, 'HEAD') : undefined
  makeDirectory(dirname(path))
  if (isSet(flags, 'force')) removeFile(path)
  createFile(path, encodeUtf8(draftPolicy({ signers, foreign, ...(start === undefined ? {} : { start }) })))
  tellLines(
    world,
    `${path} is written: read it, and change it as you like (gitsigil policy check says it in words)`,
    'then have it in force:',
    ...(isOnBranch ? [] : ['  git switch BRANCH  # HEAD is on none, and the policy is kept in one']),
    `  git add ${POLICY_PATH} && git commit -S -m 'policy: who may sign'`,
    '  git config gitsigil.policyRoot "$(git rev-parse HEAD)"',
    '  git config gitsigil.policyRef "$(git symbolic-ref HEAD)"',
    '  gitsigil policy update',
  )
  return 0
}

interface Signers {
  readonly signers: readonly DraftSigner[]
  /** Whether some commit has no acceptable signature. */
  readonly isMixed: boolean
  readonly foreign: number
}

async function readSigners(configured: Configured): Promise<Signers> {
  const request = { range: 'HEAD', revisions: ['HEAD'], refs: ['refs/tags'], firstParent: false, jobs: 1 }
  const run = await composeHistory(configured, request, new AbortController().signal)
  const found = new Map<string, DraftSigner>()
  const seen = { isMixed: false, foreign: 0 }
  for await (const group of run.groups)
    for (const { kind, finding } of group) {
      if (finding.state === 'foreign') seen.foreign++
      if (finding.state !== 'accepted') seen.isMixed ||= kind === 'commit'
      else if (finding.facts.instance === run.instance.name) {
        const { issuer, subject } = finding.facts.identity
        const key = JSON.stringify([issuer, subject])
        found.set(key, { issuer, subject, signatures: (found.get(key)?.signatures ?? 0) + 1 })
      } else seen.isMixed ||= kind === 'commit'
    }
  return { signers: [...found.values()].sort((a, b) => b.signatures - a.signatures), ...seen }
}
