// How this process was started, so that it can start itself again: as a sandbox, as an agent, as a keychain's child.
import process from 'node:process'

/** The user this process acts as; undefined on Windows, which has no such number. */
export function ownUser(): number | undefined {
  return process.geteuid?.()
}

/** The command that starts this program again, without its arguments. */
export function ownCommand(): readonly string[] {
  const { execPath, execArgv, argv, versions } = process
  // In the standalone executable the script is a path inside it, which it finds by itself.
  if (versions['bun'] !== undefined && argv[1]?.includes('$bunfs') !== false) return [execPath]
  return [execPath, ...execArgv, argv[1] ?? '']
}

/** The one file that starts this program: the executable, or the launcher that Node runs. */
export function ownProgram(): string {
  return ownCommand().at(-1) ?? ''
}
