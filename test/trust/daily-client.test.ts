import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import { createHttp } from '../../src/system/http.ts'
import { readStaleNote, refreshIfDue } from '../../src/trust/daily-client.ts'
import type { Instance } from '../../src/trust/instance.ts'
import { instancesDirectory } from '../../src/trust/place.ts'
import { PUBLIC_GOOD_DATE, publicGoodRoot, publicGoodRootBytes } from '../../src/trust/public-good.ts'
import { refreshInstance } from '../../src/trust/refresh-client.ts'
import { readInstance } from '../../src/trust/store-client.ts'
import { createRepository, DAY, type Repository } from './repository.ts'

const HOUR = DAY / 24
const http = createHttp({ userAgent: 'test', sleep: async () => {} })
const now = Date.now()

let env: Record<string, string>
let repository: Repository
let asked: readonly unknown[]
let corp: Instance

beforeEach(async () => {
  const folder = mkdtempSync(join(tmpdir(), 'daily-'))
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }))
  env = { XDG_DATA_HOME: join(folder, 'data'), XDG_CACHE_HOME: join(folder, 'cache') }
  repository = createRepository()
  repository.release({ version: 1, targets: { 'trusted_root.json': publicGoodRootBytes() } })
  const server = await repository.serve()
  asked = server.asked
  const instances = instancesDirectory(env) ?? ''
  await refreshInstance({ instances, name: 'corp', mirror: server.url, root: repository.root }, http, now)
  corp = readInstance(env, 'corp', 'local')
})

async function asksAt(time: number): Promise<boolean> {
  const before = asked.length
  await refreshIfDue(env, corp, http, time)
  return asked.length > before
}

describe('the refresh that goes with signing', () => {
  test('is due a day after the last', async () => {
    expect(await asksAt(now + DAY - 1)).toBe(false)
    expect(await asksAt(now + DAY)).toBe(true)
    expect(await asksAt(now + DAY + HOUR)).toBe(false)
    expect(await asksAt(now + 2 * DAY)).toBe(true)
  })

  test('that fails is given back, and tried again after an hour', async () => {
    repository.files.delete('timestamp.json')
    const failure = await refreshIfDue(env, corp, http, now + DAY)
    expect(failure?.message).toMatch(/^TUF repository at 127\.0\.0\.1:\d+: .*timestamp\.json answered 404$/)
    expect(await asksAt(now + DAY + HOUR - 1)).toBe(false)
    expect(await asksAt(now + DAY + HOUR)).toBe(true)
  })

  test('is due where the last one lies in the future', async () => {
    expect(await asksAt(now - DAY)).toBe(true)
  })

  test.each(['file', 'pem'] as const)('leaves trust alone that came from a %s', async (source) => {
    corp = { ...corp, source }
    expect(await asksAt(now + 30 * DAY)).toBe(false)
  })
})

describe('that trust is out of date', () => {
  const embedded: Instance = { name: 'public-good', sandbox: false, source: 'embedded', trust: publicGoodRoot() }

  test('is said once a day', () => {
    const late = now + 60 * DAY
    expect(readStaleNote(env, corp, late)).toEqual({
      why: expect.stringMatching(/^the trusted root of instance corp went out of date \d+ days ago$/),
      hint: 'gitsigil initialize --instance corp',
    })
    expect(readStaleNote(env, corp, late + DAY - 1)).toBeUndefined()
    expect(readStaleNote(env, corp, late + DAY)).toBeDefined()
  })

  test('is said of the embedded root by its age, although nothing was ever kept', () => {
    expect(readStaleNote({ HOME: '' }, embedded, PUBLIC_GOOD_DATE + 180 * DAY)).toBeUndefined()
    expect(readStaleNote({ HOME: '' }, embedded, PUBLIC_GOOD_DATE + 181 * DAY)?.why).toBe(
      'the trusted root that came with this program is 181 days old',
    )
  })

  test('is not said of what is fresh, or of files that the user keeps', () => {
    expect(readStaleNote(env, corp, now)).toBeUndefined()
    expect(readStaleNote(env, { ...embedded, source: 'file' }, PUBLIC_GOOD_DATE + 999 * DAY)).toBeUndefined()
  })

  test('does not stop anything where the cache cannot be written', () => {
    const readOnly = { ...env, XDG_CACHE_HOME: '/dev/null' }
    expect(readStaleNote(readOnly, corp, now + 60 * DAY)).toBeDefined()
  })
})
