// A bare repository of commits signed in online mode on a sandbox, each logged by its id.
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { logIn, logText, signAlone } from '../../test/support/online.ts'
import type { TestSandbox } from '../../test/support/sandbox.ts'
import { createPack } from '../history-maker/pack.ts'

/** Commits by one certificate, as many as a rebase may have. */
const BY_LOGIN = 20
const AT_ONCE = 50

/** @param url where the log is asked */
export async function makeOnlineHistory(
  folder: string,
  sandbox: TestSandbox,
  count: number,
  url: string,
): Promise<readonly string[]> {
  const pack = createPack(folder)
  const tree = pack.add('tree', new Uint8Array())
  const waiting: (() => Promise<unknown>)[] = []
  const oids: string[] = []
  let login = await logIn(sandbox)
  for (let index = 0; index < count; index++) {
    if (index % BY_LOGIN === BY_LOGIN - 1) login = await logIn(sandbox)
    const parent = oids.at(-1)
    const person = `Kim <kim@example.com> ${1_700_000_000 + index} +0000`
    const head = `tree ${tree}\n${parent === undefined ? '' : `parent ${parent}\n`}`
    const payload = Buffer.from(`${head}author ${person}\ncommitter ${person}\n\nnumber ${index}\n`)
    const signed = signAlone(login, payload)
    const by = login
    waiting.push(() => logText(sandbox, by, signed.oid))
    oids.push(pack.add('commit', signed.object.bytes))
  }
  for (let at = 0; at < waiting.length; at += AT_ONCE)
    await Promise.all(waiting.slice(at, at + AT_ONCE).map((work) => work()))
  pack.finish(new Map([['refs/heads/main', oids.at(-1) ?? tree]]))
  configure(folder, sandbox, url)
  return oids
}

function configure(folder: string, sandbox: TestSandbox, url: string): void {
  const trustedRoot = join(folder, 'trusted_root.json')
  writeFileSync(trustedRoot, sandbox.trustedRoot)
  const settings = {
    'gitsigil.trustedRoot': trustedRoot,
    'gitsigil.rekor': url,
    'gitsigil.allow': `${sandbox.urls.issuer} kim@example.com`,
    'user.name': 'Kim',
    'user.email': 'kim@example.com',
  }
  for (const [key, value] of Object.entries(settings)) spawnSync('git', ['config', key, value], { cwd: folder })
}
