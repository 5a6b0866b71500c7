#!/usr/bin/env node
// Starts the program: refuses a Node that is too old, gives V8 a compile cache that nobody else can write, and is the
// last to catch. No static import and no new syntax, so that an old Node reads as far as its refusal. Also the entry of
// the standalone executable.

const isStandalone = process.versions.bun !== undefined

if (isTooOld(process.versions.node)) {
  lastWord(2, `error: Node ${process.versions.node} is too old: 22.22 or later is needed`)
} else {
  process.on('uncaughtException', bug)
  start().then(process.exit, bug)
}

function isTooOld(version) {
  const [major, minor] = version.split('.').map(Number)
  return major < 22 || (major === 22 && minor < 22)
}

async function start() {
  if (!isStandalone) enableCompileCache()
  const { main, createWorld } = await import('../dist/main.js')
  return main(createWorld(process, isStandalone ? process.argv0 : process.argv[1]))
}

/** V8 runs what a cache holds in place of our code, so a folder that somebody else could have filled is not used. */
function enableCompileCache() {
  try {
    const folder = cacheFolder(process.env)
    if (folder !== undefined && isOurs(folder)) process.getBuiltinModule('module').enableCompileCache(folder)
  } catch {
    // Without a folder we only start more slowly.
  }
}

function cacheFolder(env) {
  if (/^\//.test(env.XDG_CACHE_HOME)) return `${env.XDG_CACHE_HOME}/gitsigil`
  return /^\//.test(env.HOME) ? `${env.HOME}/.cache/gitsigil` : undefined
}

/** Made here or found: a real folder of this user, closed to all others, under folders that others cannot rename. */
function isOurs(folder) {
  const { lstatSync, mkdirSync, realpathSync } = process.getBuiltinModule('fs')
  const me = process.geteuid()
  const found = lstatSync(folder, { throwIfNoEntry: false })
  if (found === undefined) {
    makeUnlessThere(mkdirSync, folder.replace(/\/[^/]*$/, ''))
    mkdirSync(folder, 0o700)
  }
  const { mode, uid } = found || lstatSync(folder)
  if ((mode & 0o170077) !== 0o040000 || uid !== me) return false
  for (let above = realpathSync(folder); above !== '/'; ) {
    above = above.replace(/\/[^/]*$/, '') || '/'
    const parent = lstatSync(above)
    if (parent.uid !== 0 && parent.uid !== me) return false
    if ((parent.mode & 0o1002) === 0o0002) return false
  }
  return true
}

/** Node's recursive mkdir never ends in a folder like /proc, where some have their home and nothing can be made. */
function makeUnlessThere(mkdirSync, folder) {
  try {
    mkdirSync(folder, 0o700)
  } catch (error) {
    if (error.code !== 'EEXIST') throw error
  }
}

function bug(thrown) {
  const debug = process.env.GITSIGIL_DEBUG && thrown instanceof Error
  lastWord(3, `bug: ${debug ? thrown.stack : String(thrown).split('\n', 1)[0]}`)
}

/** One line for people and, where Git asked for a verdict, the lines without which `git log` itself would stop. */
function lastWord(status, text) {
  import('node:fs').then((fs) => {
    try {
      const fd = statusDescriptor(process.argv.slice(2))
      if (fd !== undefined) fs.writeSync(fd, noVerdict())
      fs.writeSync(2, `gitsigil: ${text}\n`)
      if (fd !== undefined) drain(fs.readSync)
    } finally {
      process.exit(status)
    }
  })
}

/** Git drops what we said when it cannot write all of the payload. */
function drain(readSync) {
  const buffer = Buffer.alloc(65536)
  while (readSync(0, buffer, 0, buffer.length, null) > 0);
}

/** Where Git wants its verdict: `--status-fd=N` or `--status-fd N`, beside `--verify`. */
function statusDescriptor(args) {
  const at = args.findIndex((arg) => /^--status-fd(=|$)/.test(arg))
  if (at < 0 || !args.includes('--verify')) return undefined
  const fd = parseInt(args[at].slice('--status-fd='.length) || args[at + 1], 10)
  return fd >= 0 ? fd : undefined
}

function noVerdict() {
  const keyId = '0'.repeat(40)
  return `[GNUPG:] NEWSIG\n[GNUPG:] ERRSIG ${keyId} 19 8 00 0 9\n[GNUPG:] TRUST_NEVER 0 shell\n`
}
