// Every object of the corpus, stored as it is and shown by the system's own Git.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { installed, kinds } from '../support/builds.ts'
import { createRepository, type Repository } from '../support/repository.ts'
import { type CorpusRecord, hasShared, readCorpus, readCorpusObject, sharedPath } from '../support/shared.ts'

const FORMAT = '%H %G? %GS %GK %GF %GP %GT%x01%GG%x02'
const records = readCorpus()
const good = records.filter((record) => record.gitsign === 'good')
const online = records.filter((record) => record.log === 'not embedded')
const malformed = records.filter((record) => record.gitsign === 'fails')

function createCorpus(): Repository {
  const repository = createRepository()
  for (const record of records) expect(repository.store(record.type, readCorpusObject(record))).toBe(record.oid)
  const allowed = new Set(good.map(({ issuer, identity }) => `${issuer} ${identity}`))
  writeFileSync(join(repository.path, 'allowed'), `# everybody who signed well\n${[...allowed].join('\n')}\n`)
  repository.git(['config', 'gitsigil.trustedRoot', sharedPath('corpus/trusted_root.json')])
  repository.git(['config', 'gitsigil.allow', join(repository.path, 'allowed')])
  return repository
}

/** What `git log` shows of each commit, by its id. */
function showCommits(repository: Repository, commits: readonly CorpusRecord[]) {
  const shown = repository.git(['log', '--no-walk=unsorted', `--format=${FORMAT}`, ...commits.map(({ oid }) => oid)])
  const entries = shown.split('\x02\n').map((entry) => entry.replace('\x02', ''))
  return new Map(entries.map((entry) => [entry.slice(0, 40), entry.slice(41).split('\x01')] as const))
}

let repository: Repository
beforeAll(() => {
  if (hasShared) repository = createCorpus()
})

const commitsOf = (list: readonly CorpusRecord[]) => list.filter(({ type }) => type === 'commit')
const tagsOf = (list: readonly CorpusRecord[]) => list.filter(({ type }) => type === 'tag')

// Under Node 22 the corpus is verified too, without Git.
describe.skipIf(!hasShared).each(kinds)('the corpus through git, $name', (build) => {
  beforeAll(() => void repository.git(['config', 'gpg.x509.program', installed(build)]))
  // Git starts the program for each, and a Node takes its time: what it says of all of them is tested without Git, too.
  const some = (list: readonly CorpusRecord[]) => list.filter((_, at) => build.name === 'standalone' || at % 3 === 0)

  test('holds what its README says', () => {
    expect([good.length, malformed.length, online.length]).toEqual([123, 1, 51])
  })

  test('git log shows commits with an embedded entry as good, by their signers, from the log', () => {
    const commits = some(commitsOf(good))
    const shown = showCommits(repository, commits)
    for (const { oid, identity, issuer, logIndex } of commits) {
      const [line, text] = shown.get(oid) ?? []
      expect(line).toMatch(/^G [^ ]+ [0-9a-f]{40} [0-9A-F]{64} [0-9A-F]{64} fully$/)
      expect(line?.split(' ')[1]).toBe(identity)
      expect(text).toContain(`tlog index: ${logIndex}\n`)
      expect(text).toContain(`gitsigil: Good signature from [${identity}](${issuer})\n`)
    }
  })

  test('git verify-tag accepts every tag with an embedded entry', () => {
    for (const { oid, identity, issuer, logIndex } of tagsOf(good)) {
      const { status, stderr } = repository.tryGit(['verify-tag', '--raw', oid])
      expect(stderr).toContain(` ${identity}\n`)
      expect(stderr).toContain('\n[GNUPG:] TRUST_FULLY 0 shell\n')
      expect(status).toBe(0)
      const shown = repository.tryGit(['verify-tag', oid]).stderr
      expect(shown).toContain(`tlog index: ${logIndex}\n`)
      expect(shown).toContain(`gitsigil: Good signature from [${identity}](${issuer})\n`)
    }
  })

  test('the malformed one is E', () => {
    for (const { oid, type } of malformed) {
      expect(type).toBe('commit')
      const [line, text] = showCommits(repository, malformed).get(oid) ?? []
      expect(line).toMatch(/^E {2}0{40} {3}never$/)
      expect(text).toContain('signature not accepted (format)')
      expect(repository.tryGit(['verify-commit', oid]).status).toBe(1)
    }
  })

  test("those signed in gitsign's online mode are E, with that reason", () => {
    const commits = some(commitsOf(online))
    const shown = showCommits(repository, commits)
    for (const { oid } of commits) {
      const [line, text] = shown.get(oid) ?? []
      expect(line).toMatch(/^E {2}[0-9a-f]{40} {3}never$/)
      expect(text).toContain("signed in gitsign's online mode")
    }
    for (const { oid } of some(tagsOf(online))) {
      const { status, stderr } = repository.tryGit(['verify-tag', oid])
      expect(stderr).toContain("signed in gitsign's online mode")
      expect(status).toBe(1)
    }
  })
})
