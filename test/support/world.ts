// A world for tests: arguments and input go in, what was written to each descriptor comes out.
import { tmpdir } from 'node:os'
import { Fault } from '../../src/errors.ts'
import type { World } from '../../src/system/world.ts'

export interface TestWorld extends World {
  /** Everything written to a descriptor, as text. */
  output(fd: number): string
  /** Everything written to a descriptor, byte for byte. */
  bytes(fd: number): Uint8Array
  /** Descriptors in the order in which they were written to. */
  readonly order: readonly number[]
}

export interface TestWorldOptions extends Partial<Pick<World, 'name' | 'args' | 'env' | 'cwd' | 'now'>> {
  readonly stdin?: Uint8Array | string
  /** Descriptors that nobody reads any more. */
  readonly unread?: readonly number[]
}

/** The environment is the process's own, as test/support/isolate.ts left it, unless given. */
export function testWorld(options: TestWorldOptions = {}): TestWorld {
  const written = new Map<number, Uint8Array[]>()
  const order: number[] = []
  const bytes = (fd: number) => Buffer.concat(written.get(fd) ?? [])
  return {
    name: options.name ?? 'gitsigil',
    args: options.args ?? [],
    env: options.env ?? process.env,
    cwd: options.cwd ?? tmpdir(),
    platform: process.platform,
    readStdin: async () => Buffer.from(options.stdin ?? ''),
    write(fd, data) {
      if (options.unread?.includes(fd)) throw new Fault('closed', `cannot write to descriptor ${fd}: EPIPE`)
      written.set(fd, [...(written.get(fd) ?? []), Buffer.from(data)])
      order.push(fd)
    },
    // Nothing of a test may appear on the terminal of who runs it.
    isTerminal: (fd) => fd === 2,
    now: options.now ?? Date.now,
    bytes,
    output: (fd) => Buffer.from(bytes(fd)).toString('utf8'),
    order,
  }
}
