// One login for many signatures: a rebase, signers at once, and what an agent that holds a key spares.
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createLoggingIn, createPerson, type Person, signedCommit, startCounting } from '../support/agent.ts'
import { builds, installed } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { runProgram } from '../support/repository.ts'
import { configure } from '../support/repository-with-sandbox.ts'
import { startTestSandbox, type TestSandbox } from '../support/sandbox.ts'

const FINE = { status: 0, stdout: '', stderr: '' }
const MANY = 50
/** At once; a Node takes its time to start. */
const SIGNERS = { node24: 25, node22: 0, standalone: 50 }
let sandbox: TestSandbox
beforeAll(async () => {
  sandbox = await startTestSandbox()
})
afterAll(() => sandbox.close())

describe.each(builds)('$name', (build) => {
  const folder = temporaryFolder('agent')
  const program = installed(build)
  // What numbers show, Node's two lines do not differ in.
  const isOlder = build.name === 'node22'
  const people: Person[] = []
  const newPerson = (name: string) => {
    const someone = createPerson(folder, name)
    people.push(someone)
    return someone
  }
  afterAll(async () => {
    await Promise.all(people.map((someone) => someone.stop()))
  })

  test.skipIf(isOlder)(`a rebase of ${MANY} commits takes one login and one certificate`, async () => {
    const kim = newPerson('rebase')
    const fulcio = await startCounting(sandbox.urls.fulcio)
    const repository = createLoggingIn(kim, 'repository', { program, sandbox, fulcio: fulcio.url })
    for (let i = 0; i <= MANY; i++) repository.git(['commit', '--quiet', '--allow-empty', '-m', `${i}`])
    const args = ['rebase', '--quiet', '--force-rebase', '--keep-empty', '-S', 'HEAD~50']
    expect(await repository.run(args, kim.env)).toMatchObject({ status: 0 })
    expect(repository.git(['log', '--format=%G?', `-${MANY}`])).toBe(Array(MANY).fill('G').join('\n'))
    expect([kim.logins(), fulcio.count()]).toEqual([1, 1])
    expect((await kim.status())?.keys).toMatchObject([{ subject: 'kim@example.com', uses: MANY, forwardedUses: 0 }])
    fulcio.close()
  })

  test.skipIf(isOlder)('in online mode too: one login, and each object is found in the log by its id', async () => {
    const kim = newPerson('online')
    const repository = createLoggingIn(kim, 'repository', { program, sandbox })
    configure(repository, { 'gitsigil.rekorMode': 'online' })
    for (const message of ['one', 'two']) expect(await signedCommit(kim, repository, message)).toEqual(FINE)
    expect(await repository.run(['tag', '-s', '-m', 'first', 'v1'], kim.env)).toEqual(FINE)
    expect(kim.logins()).toBe(1)
    expect((await kim.status())?.keys).toMatchObject([{ uses: 3 }])
    // The log is in this process, which must go on.
    expect((await repository.run(['log', '--format=%G?'], kim.env)).stdout).toBe('G\nG\n')
    expect((await repository.run(['verify-tag', 'v1'], kim.env)).status).toBe(0)
    const raw = repository.git(['cat-file', 'commit', 'HEAD'])
    const der = Buffer.from(/MESSAGE-----\n([^-]+)/.exec(raw)?.[1]?.replace(/\s/g, '') ?? '', 'base64')
    // 1.3.6.1.4.1.57264.3.1: nothing of the log is inside.
    expect(der.includes(Buffer.from('060a2b0601040183bf300301', 'hex'))).toBe(false)
  })

  const signers = SIGNERS[build.name]
  test.skipIf(isOlder)(`${signers} signers at once take one login and one certificate`, async () => {
    const kim = newPerson('parallel')
    const fulcio = await startCounting(sandbox.urls.fulcio)
    const repository = createLoggingIn(kim, 'repository', { program, sandbox, fulcio: fulcio.url })
    repository.git(['commit', '--quiet', '--allow-empty', '-m', 'one'])
    const tags = Array.from({ length: signers }, (_, i) => `v${i}`)
    const ran = await Promise.all(tags.map((tag) => repository.run(['tag', '-s', '-m', tag, tag], kim.env)))
    expect(ran).toEqual(ran.map(() => FINE))
    expect([kim.logins(), fulcio.count()]).toEqual([1, 1])
    expect(repository.tryGit(['verify-tag', ...tags]).status).toBe(0)
    fulcio.close()
  })

  test('another repository, another folder, the same login; another instance, another login', async () => {
    const kim = newPerson('places')
    const first = createLoggingIn(kim, 'first', { program, sandbox })
    const second = createLoggingIn(kim, 'second', { program, sandbox })
    const fulcio = await startCounting(sandbox.urls.fulcio)
    const elsewhere = createLoggingIn(kim, 'elsewhere', { program, sandbox, fulcio: fulcio.url })
    expect(await signedCommit(kim, first, 'one')).toEqual(FINE)
    expect(await signedCommit(kim, second, 'two')).toEqual(FINE)
    expect(kim.logins()).toBe(1)
    expect(await signedCommit(kim, elsewhere, 'three')).toEqual(FINE)
    expect(kim.logins()).toBe(2)
    fulcio.close()
  })

  test.skipIf(isOlder)('with a key at hand a commit asks Fulcio nothing, and takes a round trip less', async () => {
    const kim = newPerson('warm')
    const latency = 150
    const fulcio = await startCounting(sandbox.urls.fulcio, latency)
    const repository = createLoggingIn(kim, 'repository', { program, sandbox, fulcio: fulcio.url })
    const token = await sandbox.mintToken({ email: 'kim@example.com' })
    const median = async (env: Readonly<Record<string, string>>) => {
      const times: number[] = []
      for (let i = 0; i < 7; i++) {
        const from = performance.now()
        expect(await signedCommit({ ...kim, env: { ...kim.env, ...env } }, repository, 'timed')).toEqual(FINE)
        times.push(performance.now() - from)
      }
      return times.sort((a, b) => a - b)[3] ?? 0
    }
    await signedCommit(kim, repository, 'the login')
    const before = fulcio.count()
    const warm = await median({})
    expect(fulcio.count()).toBe(before)
    const off = await median({ SIGSTORE_ID_TOKEN: token, GITSIGIL_AGENT: 'false' })
    expect(fulcio.count()).toBe(before + 7)
    console.log(
      `${build.name}: ${warm.toFixed(0)} ms with the agent, ${off.toFixed(0)} ms without, Fulcio ${latency} ms away`,
    )
    expect(warm).toBeLessThan(off)
    // The agent also keeps what a token at hand has got, where it is told to.
    configure(repository, { 'gitsigil.agent': 'true' })
    await signedCommit({ ...kim, env: { ...kim.env, SIGSTORE_ID_TOKEN: token } }, repository, 'token')
    expect(fulcio.count()).toBe(before + 7)
    fulcio.close()
  })

  test('two identities at hand: the configured one, else the committer’s, else none is guessed', async () => {
    const kim = newPerson('two')
    const repository = createLoggingIn(kim, 'repository', { program, sandbox })
    const signer = () => repository.git(['log', '-1', '--format=%GS'])
    await signedCommit(kim, repository, 'kim')
    kim.become('lee@example.com')
    configure(repository, { 'gitsigil.identity': 'lee@example.com' })
    expect(await signedCommit(kim, repository, 'lee')).toEqual(FINE)
    expect([signer(), kim.logins()]).toEqual(['lee@example.com', 2])
    repository.git(['config', '--unset', 'gitsigil.identity'])
    expect(await signedCommit(kim, repository, 'kim again')).toEqual(FINE)
    expect([signer(), kim.logins()]).toEqual(['kim@example.com', 2])
    configure(repository, { 'user.email': 'somebody@example.com' })
    const undecided = await signedCommit(kim, repository, 'who?')
    expect(undecided.status).not.toBe(0)
    expect(kim.log()).toMatch(
      /error: several identities are at hand, and none is the committer's: .*\ngitsigil: hint: .*gitsigil\.identity/,
    )
    expect(kim.logins()).toBe(2)
  })

  test("Git's pipes are not kept open by the agent that a commit starts", async () => {
    const kim = newPerson('pipes')
    const repository = createLoggingIn(kim, 'repository', { program, sandbox })
    // runProgram resolves when every writer of the pipes is gone.
    const command = ['bash', '-c', 'exec 3>&1 40>&1; git commit --quiet --allow-empty -S -m one']
    expect(await runProgram(command, { cwd: repository.path, env: kim.env })).toMatchObject({ status: 0 })
    expect(await kim.status()).toMatchObject({ keys: [{ uses: 1 }] })
  })

  test('agent start, status and stop', async () => {
    const kim = newPerson('commands')
    const run = async (...args: readonly string[]) =>
      await runProgram([program, 'agent', ...args], { cwd: kim.home, env: kim.env })
    expect(await run('status', '--json')).toMatchObject({
      status: 0,
      stdout: expect.stringContaining('"running":false'),
    })
    expect(await run('start')).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('no keys') })
    expect(await run('start')).toMatchObject({ status: 0 })
    const repository = createLoggingIn(kim, 'repository', { program, sandbox })
    expect(await signedCommit(kim, repository, 'one')).toEqual(FINE)
    const document = JSON.parse((await run('status', '--json')).stdout)
    expect(document).toMatchObject({ version: 1, running: true, keys: [{ subject: 'kim@example.com', uses: 1 }] })
    expect(document.log).toHaveLength(1)
    expect((await run('status')).stdout).toMatch(/^key kim@example\.com \(http.*\) at custom .* used once$/m)
    expect(await run('stop')).toMatchObject({ status: 0, stdout: 'the agent ends, and its keys with it\n' })
    expect((await run('status')).stdout).toBe('no agent runs\n')
    expect(await run('start', '--forward=maybe')).toMatchObject({ status: 2, stdout: '' })
    expect(await run('restart')).toMatchObject({ status: 2, stdout: '' })
  })
})
