import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { tellAll, type Way } from '../../src/compose/monitor-tell.ts'
import { temporaryFolder } from '../support/folder.ts'
import { see, untold } from '../support/monitor-store.ts'

const none = () => expect.fail('refused')

function wayOf(name: string, told: string[], isDown = false): Way {
  const begin: Way['begin'] = () => async (sightings) => {
    if (isDown) throw new Error('down')
    told.push(...sightings.map(({ id }) => id))
    return undefined
  }
  return { name, most: 1, isForAlerts: true, begin }
}

test('a way that takes the place of one that failed tells what that one did not', async () => {
  const folder = temporaryFolder('state')
  const [out, corrected]: [string[], string[]] = [[], []]
  const before = see(folder, ['stdout', 'wrong'], ['1'])
  for (const way of [wayOf('stdout', out), wayOf('wrong', [])]) await tellAll([before], way, none)
  const failing = see(folder, ['stdout', 'wrong'], ['2', '3'])
  await tellAll([failing], wayOf('stdout', out), none)
  await expect(tellAll([failing], wayOf('wrong', [], true), none)).rejects.toThrow('down')
  const after = see(folder, ['stdout', 'right'])
  for (const way of [wayOf('stdout', out), wayOf('right', corrected)]) await tellAll([after], way, none)
  expect([out, corrected]).toEqual([
    ['1', '2', '3'],
    ['2', '3'],
  ])
})

test('a way beside others that have told everything begins with what comes next', async () => {
  const folder = temporaryFolder('state')
  await tellAll([see(folder, ['stdout'], ['1'])], wayOf('stdout', []), none)
  const more: string[] = []
  await tellAll([see(folder, ['stdout', 'more'], ['2'])], wayOf('more', more), none)
  expect(more).toEqual(['2'])
})

test('where the file of what was told is gone, everything is told again', async () => {
  const folder = temporaryFolder('state')
  const store = see(folder, ['stdout'], ['1'])
  await tellAll([store], wayOf('stdout', []), none)
  rmSync(`${store.stem}.told.json`)
  const again: string[] = []
  await tellAll([see(folder, ['stdout'])], wayOf('stdout', again), none)
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
  expect(untold(see(folder, ['stdout'], ['3', '4']), 'stdout')).toEqual(['3', '4'])
})

test('what was told is a number a way, and a list where something was refused', () => {
  const folder = temporaryFolder('state')
  const store = see(folder, ['stdout', 'hook'], ['1', '2', '3'])
  const written = () => readFileSync(`${store.stem}.told.json`, 'utf8')
  expect([store.markTold('stdout', 3), store.markTold('hook', 2, [0])]).toEqual([true, true])
  expect(written()).toBe('{"stdout":3,"hook":[2,0]}\n')
  store.markTaken('hook', [0])
  expect(written()).toBe('{"stdout":3,"hook":2}\n')
  writeFileSync(`${store.stem}.told.json`, '{"stdout":2,"hook":1}\n')
  expect([untold(store, 'stdout'), untold(store, 'hook')]).toEqual([['3'], ['2', '3']])
})

test.each(['[]', '{"hook":-1}', '{"hook":"1"}', '{"hook":[]}', '{"hook":[1,1]}', '{"hook":'])(
  'a record of what was told that says %s is a fault: nobody is told less for it',
  (text) => {
    const folder = temporaryFolder('state')
    const { stem } = see(folder, ['hook'], ['1', '2'])
    writeFileSync(`${stem}.told.json`, text)
    expect(() => see(folder, ['hook'])).toThrow(/\.told\.json is damaged: record of what was told: /)
  },
)
