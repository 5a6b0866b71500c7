import { readdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { MonitorStore } from '../../src/compose/monitor-store.ts'
import { tellAll, type Way, webhookWay } from '../../src/compose/monitor-ways.ts'
import { createHttp } from '../../src/system/http.ts'
import { faultOf } from '../support/faults.ts'
import { temporaryFolder } from '../support/folder.ts'
import { makeLog } from '../support/log.ts'
import { entrySighting } from '../support/sightings.ts'

const { authority } = makeLog('ed25519')
const BEGUN = {
  origin: 'log',
  note: '',
  from: 0,
  next: 0,
  changed: 0,
  reached: 0,
  begun: 0,
  watch: '',
  unreadable: 0,
  trees: [],
}

/** A monitor's folder with this many alerts more, told by these ways. */
function see(folder: string, ways: readonly string[], ids: readonly string[] = []): MonitorStore {
  const store = new MonitorStore(folder, authority, ways)
  const sightings = ids.map((id) => entrySighting({ id }))
  if (ids.length > 0) store.commit({ ...BEGUN, firstUnreadable: [], waiting: [] }, sightings)
  return store
}

function wayOf(name: string, told: string[], isDown = false): Way {
  const begin: Way['begin'] = () => async (sightings) => {
    if (isDown) throw new Error('down')
    told.push(...sightings.map(({ id }) => id))
  }
  return { name, most: 1, isForAlerts: true, begin }
}

test('what one round took of its time is there again in the next', async () => {
  let clock = 0
  const http = () => {
    const fetch = async () => {
      clock += 9_000
      return new Response(null, { status: 204 })
    }
    return createHttp({ userAgent: 'gitsigil/test', budget: 10_000, now: () => clock, fetch })
  }
  const way = webhookWay(http, 'https://hooks.example', undefined, 'hook')
  const folder = temporaryFolder('state')
  for (const id of ['1', '2', '3', '4']) expect(await tellAll([see(folder, ['hook'], [id])], way)).toBe(1)
})

test('within one round the time is one', async () => {
  let clock = 0
  const fetch = async () => {
    clock += 11_000
    return new Response(null, { status: 204 })
  }
  const http = () => createHttp({ userAgent: 'gitsigil/test', budget: 10_000, now: () => clock, fetch })
  const way = webhookWay(http, 'https://hooks.example', undefined, 'hook')
  const store = see(temporaryFolder('state'), ['hook'], ['1', '2'])
  expect(await faultOf(tellAll([store], way))).toMatchObject({ message: expect.stringContaining('no time is left') })
  expect([...store.untold('hook')].map(({ id }) => id)).toEqual(['2'])
})

test('a way that takes the place of one that failed tells what that one did not', async () => {
  const folder = temporaryFolder('state')
  const [out, corrected]: [string[], string[]] = [[], []]
  const before = see(folder, ['stdout', 'wrong'], ['1'])
  for (const way of [wayOf('stdout', out), wayOf('wrong', [])]) await tellAll([before], way)
  const failing = see(folder, ['stdout', 'wrong'], ['2', '3'])
  await tellAll([failing], wayOf('stdout', out))
  await expect(tellAll([failing], wayOf('wrong', [], true))).rejects.toThrow('down')
  const after = see(folder, ['stdout', 'right'])
  for (const way of [wayOf('stdout', out), wayOf('right', corrected)]) await tellAll([after], way)
  expect([out, corrected]).toEqual([
    ['1', '2', '3'],
    ['2', '3'],
  ])
})

test('a way beside others that have told everything begins with what comes next', async () => {
  const folder = temporaryFolder('state')
  await tellAll([see(folder, ['stdout'], ['1'])], wayOf('stdout', []))
  const more: string[] = []
  await tellAll([see(folder, ['stdout', 'more'], ['2'])], wayOf('more', more))
  expect(more).toEqual(['2'])
})

test('where the file of what was told is gone, everything is told again', async () => {
  const folder = temporaryFolder('state')
  const store = see(folder, ['stdout'], ['1'])
  await tellAll([store], wayOf('stdout', []))
  rmSync(`${store.stem}.told.json`)
  const again: string[] = []
  await tellAll([see(folder, ['stdout'])], wayOf('stdout', again))
  expect(again).toEqual(['1'])
})

test('what was told is written where it has changed, and in no other round: a disk may be full by then', () => {
  const folder = temporaryFolder('state')
  const write = () => {
    see(folder, ['stdout'])
    const [name = ''] = readdirSync(folder).filter((one) => one.endsWith('.told.json'))
    return statSync(join(folder, name)).ino
  }
  const first = write()
  expect(write()).toBe(first)
  see(folder, ['stdout'], ['1']).markTold('stdout', 1)
  expect(write()).not.toBe(first)
})

test('a journal that begins anew is told from its beginning', () => {
  const folder = temporaryFolder('state')
  see(folder, ['stdout'], ['1', '2']).markTold('stdout', 2)
  for (const name of readdirSync(folder)) if (!name.endsWith('.told.json')) rmSync(join(folder, name))
  expect([...see(folder, ['stdout'], ['3', '4']).untold('stdout')].map(({ id }) => id)).toEqual(['3', '4'])
})
