// Asks the person where the agent runs, by the program that ssh-agent uses for the same (SSH_ASKPASS, ssh-add -c): its
// exit status is the answer. Nobody to ask is a no.
import { spawn } from 'node:child_process'
import type { World } from '../system/world.ts'

/** Milliseconds. */
const LIMIT = 60_000

export function askPerson({ env, platform }: Pick<World, 'env' | 'platform'>, question: string): Promise<boolean> {
  const program = env['SSH_ASKPASS'] || 'ssh-askpass'
  return new Promise((resolve) => {
    const child = spawn(program, [question], {
      cwd: platform === 'win32' ? undefined : '/',
      env: { ...env, SSH_ASKPASS_PROMPT: 'confirm' },
      stdio: 'ignore',
      timeout: LIMIT,
      windowsHide: true,
    })
    child.once('error', () => resolve(false))
    child.once('exit', (status) => resolve(status === 0))
  })
}
