// The native module that speaks to the system's keychain (keytar), loaded only by who is about to use it: from
// node_modules under Node, where it is optional, and out of the executable itself in the standalone build.
import { createRequire } from 'node:module'
import process from 'node:process'

/** keytar's own functions. On Linux a call may never settle, and then keeps the process from ending. */
export interface KeychainAddon {
  getPassword(service: string, account: string): Promise<string | null>
  setPassword(service: string, account: string, password: string): Promise<void>
  deletePassword(service: string, account: string): Promise<boolean>
  findCredentials(service: string): Promise<readonly { readonly account: string; readonly password: string }[]>
}

/** Throws what the runtime throws where there is no module for this platform, or a library that it needs is absent. */
export async function loadAddon(): Promise<KeychainAddon> {
  const found = process.versions['bun'] === undefined ? requireAddon() : await importEmbedded()
  if (found === undefined) throw new Error(`there is no keychain module for ${process.platform}-${process.arch}`)
  return 'default' in found ? (found.default as KeychainAddon) : (found as KeychainAddon)
}

// Node imports no native module as an ES module before version 24.
function requireAddon(): object {
  const path = `@github/keytar/prebuilds/${process.platform}-${process.arch}/keytar.node`
  return createRequire(import.meta.url)(path) as object
}

// Bun embeds what it finds by a literal path, and leaves out what the platform that it compiles for does not reach.
async function importEmbedded(): Promise<object | undefined> {
  if (process.platform === 'linux') return await importForLinux()
  if (process.platform === 'darwin' && process.arch === 'arm64')
    return await import('@github/keytar/prebuilds/darwin-arm64/keytar.node')
  if (process.platform === 'darwin' && process.arch === 'x64')
    return await import('@github/keytar/prebuilds/darwin-x64/keytar.node')
  if (process.platform === 'win32' && process.arch === 'arm64')
    return await import('@github/keytar/prebuilds/win32-arm64/keytar.node')
  if (process.platform === 'win32' && process.arch === 'x64')
    return await import('@github/keytar/prebuilds/win32-x64/keytar.node')
  return undefined
}

async function importForLinux(): Promise<object | undefined> {
  if (process.platform === 'linux' && process.arch === 'x64')
    return await import('@github/keytar/prebuilds/linux-x64/keytar.node')
  if (process.platform === 'linux' && process.arch === 'arm64')
    return await import('@github/keytar/prebuilds/linux-arm64/keytar.node')
  return undefined
}
