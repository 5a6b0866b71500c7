// A policy on a server: the one in force before a push judges all of it, and changes only by those whom it names.
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import type { Repository } from '../support/repository.ts'
import { commit, configure, signAs } from '../support/repository-with-sandbox.ts'
import { type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'
import { createPusher, createServer, push, type Server } from '../support/server.ts'

describe.each(builds.filter(({ name }) => name !== 'node22'))('a policy on a server, $name', (build) => {
  const folder = temporaryFolder('push-policy')
  const program = installed(build)
  let sandbox: SandboxProcess
  let server: Server
  let kim: Repository
  let lee: Repository

  function policy(...more: readonly string[]): string {
    const identity = (name: string) => `  ${name}: { issuer: '${sandbox.urls.issuer}', subject: ${name}@example.com }`
    const topic = ['kim', 'lee', ...more].join(', ')
    return [
      'version: 1',
      'identities:',
      ...['kim', 'lee', ...more].map(identity),
      'rules:',
      `  - { name: branches, refs: refs/heads/**, authorities: [${topic}] }`,
      '  - { name: releases, refs: refs/heads/release/**, authorities: [kim] }',
      '  - { name: line, refs: refs/heads/line, parents: first, authorities: [kim] }',
      '  - { name: tags, kinds: [tag, commit], refs: refs/tags/**, authorities: [kim] }',
      '  - { name: pushers, kinds: push, refs: refs/heads/signed/**, authorities: [kim] }',
      'policy: { authorities: [kim] }',
      '',
    ].join('\n')
  }

  async function commitPolicy(repository: Repository, text: string): Promise<string> {
    mkdirSync(join(repository.path, '.gitsigil'), { recursive: true })
    writeFileSync(join(repository.path, '.gitsigil', 'policy.yaml'), text)
    repository.git(['add', '.gitsigil'])
    return await commit(repository, 'policy')
  }

  function onTopOfMain(repository: Repository, name: string): void {
    repository.git(['fetch', '--quiet', 'origin'])
    repository.git(['checkout', '--quiet', '-B', name, 'origin/main'])
  }

  beforeAll(async () => {
    sandbox = await startSandboxProcess(build, `${folder}/sandbox`)
    const setup = { program, sandbox }
    server = await createServer(folder, 'server', setup)
    kim = await createPusher(folder, 'kim', setup, server)
    lee = await createPusher(folder, 'lee', { ...setup, email: 'lee@example.com' }, server)
    const root = await commitPolicy(kim, policy())
    // What is there before the policy is in force, its owner puts there.
    server.git(['fetch', '--quiet', kim.path, 'main:main'])
    configure(server, { 'gitsigil.policyRoot': root })
  })
  afterAll(() => sandbox.stop())

  test('whom it names for a branch may push there, and nobody else', async () => {
    onTopOfMain(lee, 'topic')
    await commit(lee, 'by lee')
    expect(await push(lee, ['origin', 'topic'])).toMatchObject({ status: 0, stderr: '' })
    await signAs(lee, sandbox, 'mallory@example.com')
    const oid = await commit(lee, 'by mallory')
    await signAs(lee, sandbox, 'lee@example.com')
    const { status, remote } = await push(lee, ['origin', 'topic'])
    expect(remote).toContain(`commit ${oid.slice(0, 12)} "by mallory"\n    signed by mallory@example.com`)
    expect(remote.replace(/\n */g, ' ')).toContain('rule branches: nobody in the policy is mallory@example.com')
    expect(status).toBe(1)
  })

  test('what has come to one branch is judged again where another rule decides', async () => {
    const { status, remote } = await push(lee, ['origin', 'origin/topic:refs/heads/release/1'])
    expect(remote.replace(/\n */g, ' ')).toContain('rule releases: lee is not of kim')
    expect(status).toBe(1)
    expect(await push(lee, ['origin', 'origin/topic:refs/heads/other'])).toMatchObject({ status: 0 })
  })

  test('what came beside the first-parent line is judged when a later merge puts it there', async () => {
    onTopOfMain(kim, 'line')
    onTopOfMain(lee, 'beside')
    const theirs = await commit(lee, 'beside')
    kim.git(['fetch', '--quiet', lee.path, theirs])
    kim.git(['merge', '--quiet', '--no-ff', '--no-edit', theirs])
    expect(await push(kim, ['origin', 'line'])).toMatchObject({ status: 0, stderr: '' })
    kim.git(['checkout', '--quiet', '-B', 'swapped', theirs])
    kim.git(['merge', '--quiet', '--no-ff', '--no-edit', 'line'])
    const { status, remote } = await push(kim, ['origin', 'swapped:line'])
    expect(remote.replace(/\n */g, ' ')).toContain(`commit ${theirs.slice(0, 12)} "beside" signed by lee@example.com`)
    expect(remote.replace(/\n */g, ' ')).toContain('rule line: lee is not of kim')
    expect(status).toBe(1)
  })

  test('a ref that is another name of one is not a way around its rules', async () => {
    server.git(['symbolic-ref', 'refs/heads/alias', 'refs/heads/line'])
    const { status, remote } = await push(lee, ['origin', '+HEAD:refs/heads/alias'])
    server.git(['symbolic-ref', '--delete', 'refs/heads/alias'])
    expect(remote).toContain('it is another name of refs/heads/line here: push to that')
    expect(status).toBe(1)
  })

  test('a tag is for those whom it names for tags', async () => {
    onTopOfMain(lee, 'tags')
    await commit(lee, 'for the release')
    await lee.run(['tag', '-s', '-m', 'by lee', 'v1'])
    const refused = await push(lee, ['origin', 'tags:main', 'v1'])
    expect(refused.remote.replace(/\n */g, ' ')).toContain('rule tags: lee is not of kim')
    expect(await push(lee, ['origin', 'tags:main'])).toMatchObject({ status: 0 })
    onTopOfMain(kim, 'tags')
    await kim.run(['tag', '-s', '-m', 'by kim', 'v1'])
    expect(await push(kim, ['origin', 'v1'])).toMatchObject({ status: 0 })
  })

  test('a tag vouches for the work of others that comes to a branch in the same push, and brings none by itself', async () => {
    onTopOfMain(lee, 'more')
    const oid = await commit(lee, 'more')
    onTopOfMain(kim, 'more')
    kim.git(['fetch', '--quiet', lee.path, oid])
    await kim.run(['tag', '-s', '-m', 'by kim', 'v2', oid])
    const alone = await push(kim, ['origin', 'v2'])
    expect(alone.remote.replace(/\n */g, ' ')).toContain('rule tags: lee is not of kim')
    expect(await push(kim, ['origin', 'v2', `${oid}:main`])).toMatchObject({ status: 0 })
  })

  test('where it asks who pushes, the push is signed by somebody whom it names', async () => {
    onTopOfMain(kim, 'one')
    const to = ['origin', 'one:refs/heads/signed/1']
    expect((await push(kim, to)).remote).toContain(
      'who pushes here has to be known, and the push is not signed\nhint: sign the push:\n',
    )
    lee.git(['fetch', '--quiet', 'origin'])
    const byLee = await push(lee, ['--signed', 'origin', 'origin/main:refs/heads/signed/1'])
    expect(byLee.remote.replace(/\n */g, ' ')).toContain('rule pushers: lee is not of kim')
    expect(await push(kim, ['--signed', ...to])).toMatchObject({ status: 0 })
  })

  test('who deletes is said by rules for pushes alone', async () => {
    const refused = await push(kim, ['--signed', 'origin', '--delete', 'other'])
    expect(refused.remote.replace(/\n */g, ' ')).toContain('no rule is for a push at refs/heads/other')
    expect(await push(kim, ['--signed', 'origin', '--delete', 'signed/1'])).toMatchObject({ status: 0 })
  })

  test('its ref is neither deleted nor rewritten, whoever signs that', async () => {
    onTopOfMain(kim, 'elsewhere')
    kim.git(['checkout', '--quiet', '--orphan', 'rewritten'])
    await commitPolicy(kim, policy())
    configure(server, { 'receive.denyDeleteCurrent': 'ignore' })
    const forced = await push(kim, ['--signed', '--force', 'origin', 'rewritten:main'])
    expect(forced.remote).toContain('the policy is kept there, so it only goes forward')
    const deleted = await push(kim, ['--signed', 'origin', '--delete', 'main'])
    expect(deleted.remote).toContain('the policy is kept there, so it is never deleted')
    expect([forced.status, deleted.status]).toEqual([1, 1])
  })

  test('changed by somebody whom it does not name for that, it stays as it was', async () => {
    onTopOfMain(lee, 'change')
    await commitPolicy(lee, policy('mallory'))
    const { status, remote } = await push(lee, ['origin', 'change:main'])
    expect(remote.replace(/\n */g, ' ')).toContain('may not change the policy')
    expect(remote).toContain('\nhint: take that commit out of what you push')
    expect(status).toBe(1)
    // On another branch it is text like any other: not in force.
    expect(await push(lee, ['origin', 'change:refs/heads/proposal'])).toMatchObject({ status: 0 })
    await signAs(lee, sandbox, 'mallory@example.com')
    await commit(lee, 'by mallory')
    expect((await push(lee, ['origin', 'HEAD:refs/heads/proposal'])).status).toBe(1)
    await signAs(lee, sandbox, 'lee@example.com')
  })

  test('changed by somebody whom it names it is in force from the next push on, and not in this one', async () => {
    onTopOfMain(lee, 'by-mallory')
    await signAs(lee, sandbox, 'mallory@example.com')
    const theirs = await commit(lee, 'by mallory')
    await signAs(lee, sandbox, 'lee@example.com')
    onTopOfMain(kim, 'change')
    const changed = await commitPolicy(kim, policy('mallory'))
    kim.git(['fetch', '--quiet', lee.path, theirs])
    const both = await push(kim, ['origin', 'change:main', `${theirs}:refs/heads/by-mallory`])
    expect(both.remote).toContain(`refs/heads/by-mallory\n  commit ${theirs.slice(0, 12)}`)
    expect(both.status).toBe(1)
    expect(await push(kim, ['origin', 'change:main'])).toMatchObject({ status: 0 })
    expect(server.git(['rev-parse', 'main'])).toBe(changed)
    expect(await push(lee, ['origin', 'by-mallory'])).toMatchObject({ status: 0 })
  })

  test('a policy that cannot be authenticated lets nothing pass', async () => {
    const before = server.git(['config', 'gitsigil.policyRoot'])
    configure(server, { 'gitsigil.policyRoot': '1'.repeat(40) })
    onTopOfMain(kim, 'nothing')
    await commit(kim, 'nothing')
    const { status, remote } = await push(kim, ['origin', 'nothing'])
    configure(server, { 'gitsigil.policyRoot': before })
    expect(remote).toContain('gitsigil: error: trust in the policy starts at 1111111')
    expect(status).toBe(1)
  })
})
