// A sandbox whose disk is full: nobody is told that something was kept, and with room it goes on where it was. The disk
// is a small one of its own, mounted where no other process sees it.
import { spawnSync } from 'node:child_process'
import { appendFileSync, readdirSync, rmSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { installed, kinds } from '../support/builds.ts'
import { temporaryFolder } from '../support/folder.ts'
import { runProgram } from '../support/repository.ts'
import { allow, commit, createOnSandbox, tryCommit } from '../support/repository-with-sandbox.ts'
import { askSandbox, type SandboxProcess, startSandboxProcess } from '../support/sandbox-process.ts'

const MOUNT = ['unshare', '-rm', 'sh', '-c', 'mount -t tmpfs -o size=600k tmpfs /mnt && exec "$@"', 'sh'] as const
const [unshare, ...mount] = MOUNT
const canMount = process.platform === 'linux' && spawnSync(unshare, [...mount, 'true']).status === 0
if (!canMount) console.warn('skipped: this machine lets nobody mount a small disk, so a full one is not tried')

describe.skipIf(!canMount).each(kinds)('a full disk, $name', (build) => {
  const folder = temporaryFolder('disk')
  const program = installed(build)

  test.each(['1', '2'] as const)('no commit is made on it, and none is lost by it, Rekor v%s', async (rekor) => {
    const inside = await startSandboxProcess({ ...build, command: [...MOUNT, ...build.command] }, '/mnt/state')
    const disk = `/proc/${inside.pid}/root/mnt`
    const directory = `${disk}/state`
    const sandbox: SandboxProcess = {
      ...inside,
      ask: (action, ...flags) => askSandbox(build, directory, action, ...flags),
    }
    try {
      const repository = await createOnSandbox(folder, `repository-${rekor}`, {
        program,
        sandbox,
        rekor,
      })
      allow(repository, sandbox)
      const before = await commit(repository, 'before')
      fill(`${disk}/filler`)
      expect((await tryCommit(repository, 'while')).status).toBe(128)
      expect(repository.git(['rev-parse', 'HEAD'])).toBe(before)
      const { stdout, stderr, status } = await signDirectly(repository.path, program)
      expect(stdout).toBe('')
      expect(stderr).toMatch(/^gitsigil: error: [^\n]*answered 500[^\n]*no space left on the device\n$/)
      expect(status).toBe(3)
      expect(sandbox.said()).not.toMatch(/\n\s+at /)
      expect(sandbox.said()).toContain('no space left on the device\n')

      rmSync(`${disk}/filler`)
      await commit(repository, 'after')
      expect(repository.git(['log', '--format=%G? %s'])).toBe('G after\nG before')
      expect(readdirSync(`${directory}/rekor${rekor}`).filter((name) => name.endsWith('.tmp'))).toEqual([])
    } finally {
      await sandbox.stop()
    }
  })
})

function signDirectly(cwd: string, program: string) {
  return runProgram([program, '-bsau', 'KEY'], { cwd, input: 'content' })
}

function fill(path: string): void {
  for (let size = 1 << 18; size > 0; size = Math.floor(size / 2)) {
    try {
      for (;;) appendFileSync(path, new Uint8Array(size))
    } catch {
      // Smaller pieces may still fit.
    }
  }
}
