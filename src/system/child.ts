// One child process, run to its end while this one waits: a verification has nothing else to do meanwhile, and what
// streams and events cost to start is more than the child takes. Under Bun its own call is used for the same reason.

interface Request {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Nothing where undefined. */
  readonly input: Uint8Array | undefined
  /** Most bytes of output. */
  readonly limit: number
}

interface Finished {
  /** Null where a signal ended it. */
  readonly status: number | null
  readonly stdout: Uint8Array
  readonly stderr: Uint8Array
}

interface BunRuntime {
  spawnSync(options: object): { exitCode: number | null; stdout: Uint8Array; stderr: Uint8Array }
}

/** Runs a program found on the PATH, without a shell. Throws the runtime's own errors. */
export async function run(command: readonly string[], request: Request): Promise<Finished> {
  const { Bun: bun } = globalThis as { readonly Bun?: BunRuntime }
  return bun === undefined ? await runUnderNode(command, request) : runUnderBun(bun, command, request)
}

function runUnderBun(bun: BunRuntime, command: readonly string[], { cwd, env, input, limit }: Request): Finished {
  const stdio = [input ?? 'ignore', 'pipe', 'pipe']
  const child = bun.spawnSync({ cmd: command, cwd, env, stdio, maxBuffer: limit, windowsHide: true })
  if (child.stdout.length >= limit) throw new Error('too much output')
  return { status: child.exitCode, stdout: child.stdout, stderr: child.stderr }
}

async function runUnderNode([program = '', ...args]: readonly string[], request: Request): Promise<Finished> {
  // An import would wrap it in a module first, and that is a hundredth of a verification.
  const { spawnSync } = process.getBuiltinModule('node:child_process')
  const { cwd, env, input, limit } = request
  const stdin = input === undefined ? 'ignore' : 'pipe'
  const options = { cwd, env, maxBuffer: limit, windowsHide: true, stdio: [stdin, 'pipe', 'pipe'] as const }
  const child = spawnSync(program, args, { ...options, stdio: [...options.stdio], ...(input ? { input } : {}) })
  // A child that ends before it has read its input says why by its status.
  if (child.error !== undefined && !('code' in child.error && child.error.code === 'EPIPE')) throw child.error
  return { status: child.status, stdout: child.stdout, stderr: child.stderr }
}
