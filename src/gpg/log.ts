// `logPath` (GITSIGN_LOG): what people are told on stderr is appended to a file as well, because Git often drops it.
import type { Resolved } from '../config/resolve.ts'
import { Fault } from '../errors.ts'
import { appendText, resolvePath } from '../system/files.ts'
import type { World } from '../system/world.ts'

export interface LoggedWorld extends World {
  /** From here on stderr is written to this file too; what was written before follows it there. */
  logTo(path: string): void
}

/** The same world, with stderr kept until it is known whether it is logged. A log that cannot be written stops nothing. */
export function withLog(world: World): LoggedWorld {
  let path: string | undefined
  let before = ''
  const append = (text: string) => {
    try {
      if (path === undefined) before += text
      else appendText(path, text)
    } catch (thrown) {
      if (!(thrown instanceof Fault)) throw thrown
    }
  }
  return {
    ...world,
    write(fd, data) {
      world.write(fd, data)
      if (fd === 2) append(typeof data === 'string' ? data : new TextDecoder().decode(data))
    },
    logTo(file) {
      path = resolvePath(file, world)
      append(before)
    },
  }
}

/** Starts the log where Git's configuration names one; the door has already read the environment. */
export function startLog(world: LoggedWorld, { settings, sources }: Resolved): void {
  if (settings.logPath !== undefined && sources.logPath.from === 'git config') world.logTo(settings.logPath)
}
