import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { STRANGERS } from '../../scripts/forge/instance.ts'
import { encodeUtf8 } from '../../src/bytes.ts'
import type { Rules } from '../../src/compose/monitor-head.ts'
import { lookOn } from '../../src/compose/monitor-log.ts'
import { MonitorStore } from '../../src/compose/monitor-store.ts'
import { Fault } from '../../src/errors.ts'
import { prepareWitnesses } from '../../src/monitor/head.ts'
import type { Sighting } from '../../src/monitor/sighting.ts'
import { prepareWatch } from '../../src/monitor/watch.ts'
import { encodeNote, parseCheckpoint } from '../../src/rekor/checkpoint.ts'
import type { LogView } from '../../src/rekor/client-log.ts'
import { createLogView } from '../../src/rekor/client-log-open.ts'
import { readBody } from '../../src/rekor/read-body.ts'
import { openTileLog } from '../../src/sandbox/log/disk-log.ts'
import { createLogScan, type LogScan } from '../../src/scan/stream.ts'
import { MemoryDisk } from '../sandbox/log/disk.ts'
import { faultOf } from '../support/faults.ts'
import { temporaryFolder } from '../support/folder.ts'
import { FORGED_TRUST, forgeEntry } from '../support/forged-entry.ts'
import { HOST, makeLog } from '../support/log.ts'
import { type ServedLog, serveFilled } from '../support/tile-server.ts'
import { makeWitness, type TestWitness } from '../support/witness.ts'

const NOON = Date.parse('2026-06-15T12:00:00Z')
const HOUR = 3_600_000
const key = makeLog('ed25519')
const inUse = { ...key.authority, validFor: { start: key.authority.validFor.start } }
const mine = (message: string) => forgeEntry(message).body
const noise = (count: number, name = 'entry') =>
  Array.from({ length: count }, (_, i) => encodeUtf8(`{"kind":"x","apiVersion":"1","n":"${name} ${i}"}`))
const watch = await prepareWatch([{ name: 'alice', subject: { exact: 'alice@example.com' } }])

/** A log with these entries, under the same key as all of them. */
async function logOf(
  bodies: readonly Uint8Array[],
  witnesses: readonly TestWitness[] = [],
  origin = HOST,
): Promise<ServedLog> {
  const sign = (body: string) =>
    encodeNote(body, [key.noteSignature(body), ...witnesses.map((witness) => witness.cosign(body, NOON))])
  const log = await openTileLog('/log', { origin, sign, disk: new MemoryDisk() })
  await Promise.all(bodies.map((body) => log.append(body)))
  return await serveFilled({ log, authority: inUse })
}

interface Seen extends Pick<ServedLog, 'authority' | 'http' | 'view'> {
  readonly scan?: LogScan
}

interface Asked extends Partial<Rules> {
  readonly now?: number
  /** Hashes that the repositories have an object of. */
  readonly known?: readonly string[]
  /** Without --from. */
  readonly isFromEnd?: boolean
}

const covered = {
  objects: [{ repository: '/r', kind: 'commit', oid: 'ab'.repeat(20), how: 'embedded' }],
  near: [],
} as const

async function look(folder: string, { authority, http, view, scan }: Seen, asked: Asked = {}) {
  const { now = NOON, known = [], isFromEnd = false, ...more } = asked
  const store = new MonitorStore(folder, authority, ['test'])
  const round = await lookOn({
    rules: { watch, asked: 'alice', trust: FORGED_TRUST, ...(isFromEnd ? {} : { from: 0 }), alertOn: [], ...more },
    view,
    scan: scan ?? createLogScan(http, view),
    store,
    repositories: {
      find: async (hashes) => (hashes.some((one) => known.includes(one)) ? covered : { objects: [], near: [] }),
    },
    signal: new AbortController().signal,
    now: () => now,
    progress: () => undefined,
  })
  return { ...round, state: store.state, journal: toldIn(store) }
}

function toldIn(store: MonitorStore): readonly Sighting[] {
  return [...store.untold('test')].map(({ sighting }) => sighting)
}

test('what the log grew by is looked at, from where it was left', async () => {
  const folder = temporaryFolder('state')
  const log = await logOf([...noise(300), mine('one')])
  expect(await look(folder, log)).toMatchObject({ from: 0, to: 301, isFirst: true, standing: [] })
  await log.log.append(mine('two'))
  const { from, to, journal } = await look(folder, log)
  expect([from, to, journal.map((one) => 'index' in one && one.index)]).toEqual([301, 302, [300, 301]])
})

test('the same body twice in the log is told as a repeat of the first, in one batch and in two rounds', async () => {
  const folder = temporaryFolder('state')
  const body = mine('one')
  const log = await logOf([body, ...noise(3), body])
  await look(folder, log)
  await log.log.append(body)
  expect((await look(folder, log)).journal).toMatchObject([
    { kind: 'uncovered', index: 0, alert: true },
    { kind: 'repeat', index: 4, repeats: 0, alert: false },
    { kind: 'repeat', index: 5, repeats: 0, alert: false },
  ])
})

test.each([
  ['fork', 'another past', noise(300, 'other')],
  ['rollback', 'less than before', noise(100)],
] as const)('a %s (%s) is an alert with its evidence, and nothing behind it is looked at', async (kind, _, bodies) => {
  const folder = temporaryFolder('state')
  const before = await look(folder, await logOf(noise(200)))
  const other = await logOf([...bodies, mine('hidden')])
  for (const count of [1, 2]) {
    const { standing, journal, state } = await look(folder, other)
    expect(standing).toMatchObject([{ kind, alert: true }])
    // Told once, and still so.
    expect([count, journal.map((one) => one.kind)]).toEqual([count, [kind]])
    expect([state?.next, state?.note]).toEqual([200, before.state?.note])
    const evidence = JSON.parse(readFileSync(standing[0]?.evidence ?? '', 'utf8'))
    expect(parseCheckpoint(evidence.earlier).size).toBe(200n)
    expect(evidence.later).toBe((await other.view.head()).note)
  }
  const healed = await look(folder, await logOf([...noise(200), mine('seen')]))
  expect(healed.journal.map((one) => one.kind)).toEqual([kind, 'uncovered'])
})

test('a state that is further than its own checkpoint is damaged', async () => {
  const folder = temporaryFolder('state')
  const log = await logOf(noise(5))
  await look(folder, log)
  const path = `${new MonitorStore(folder, log.authority, []).stem}.json`
  writeFileSync(path, readFileSync(path, 'utf8').replace('"next": 5', '"next": 6'))
  expect(await faultOf(look(folder, log))).toMatchObject({ code: 'io', message: expect.stringContaining('is damaged') })
})

test('two roots for one size are a fork', async () => {
  const folder = temporaryFolder('state')
  await look(folder, await logOf(noise(5)))
  expect(await look(folder, await logOf(noise(5, 'other')))).toMatchObject({ standing: [{ kind: 'fork' }] })
})

test('a log that does not grow for longer than it may is an alert, once a size, and looked at all the same', async () => {
  const folder = temporaryFolder('state')
  const log = await logOf(noise(5))
  const at = async (hours: number) => await look(folder, log, { maxAge: 2 * HOUR, now: NOON + hours * HOUR })
  expect((await at(0)).standing).toEqual([])
  expect((await at(1)).standing).toEqual([])
  expect((await at(3)).standing).toMatchObject([{ kind: 'frozen', why: expect.stringContaining('when it last grew') }])
  expect((await at(4)).journal).toHaveLength(1)
  await log.log.append(mine('late'))
  const { standing, journal } = await at(5)
  expect([standing, journal.map((one) => one.kind)]).toEqual([[], ['frozen', 'uncovered']])
})

test('one that has come to its end grows no more, and that is no alert', async () => {
  const log = await logOf(noise(5))
  const authority = { ...log.authority, validFor: { ...log.authority.validFor, end: NOON } }
  const ended = { ...log, authority, view: createLogView(log.http, authority, 2) }
  const folder = temporaryFolder('state')
  const at = async (hours: number) => await look(folder, ended, { maxAge: HOUR, now: NOON + hours * HOUR })
  expect([(await at(-9)).standing, (await at(9)).standing]).toEqual([[], []])
})

test('its age is what its witnesses say, where they say it', async () => {
  const witness = makeWitness('w.example')
  const witnesses = prepareWitnesses({ line: 1, keys: [witness.vkey], quorum: 1 })
  const log = await logOf(noise(5), [witness])
  const first = await look(temporaryFolder('state'), log, { maxAge: HOUR, witnesses, now: NOON + 2 * HOUR })
  expect(first.standing).toMatchObject([{ kind: 'frozen', why: 'its checkpoint is 2 hours old, by its witnesses' }])
})

test('its own word does not make it younger: not grown for longer than it may is an alert all the same', async () => {
  const folder = temporaryFolder('state')
  const log = await logOf(noise(5))
  const at = async (hours: number, told: number) => {
    const body = log.log.checkpoint().replace(/\n\n[\s\S]*/, `\nTimestamp: ${NOON + told * HOUR}000000\n`)
    const note = encodeUtf8(encodeNote(body, [key.noteSignature(body)]))
    log.lie((path, bytes) => (path === 'checkpoint' ? note : bytes))
    return (await look(folder, log, { maxAge: 2 * HOUR, now: NOON + hours * HOUR })).standing.map(({ why }) => why)
  }
  expect(await at(0, 0)).toEqual([])
  expect(await at(1, 1)).toEqual([])
  expect(await at(3, 3)).toEqual(['its checkpoint is 3 hours old, by when it last grew'])
  // Far in the future, whatever it is for.
  expect(await at(4, 1_000)).toEqual(['its checkpoint is 4 hours old, by when it last grew'])
  await log.log.append(mine('late'))
  expect(await at(5, 0)).toEqual(['its checkpoint is 5 hours old, by its own word'])
  expect(await at(5, 1_000)).toEqual([])
})

test('a checkpoint with too few witnesses is an alert, and nothing of it is believed', async () => {
  const folder = temporaryFolder('state')
  const [one, two] = [makeWitness('one.example'), makeWitness('two.example')]
  const asked = { witnesses: prepareWitnesses({ line: 1, keys: [one.vkey, two.vkey], quorum: 2 }) }
  const poor = await look(folder, await logOf([mine('early')], [one]), asked)
  expect(poor.standing).toMatchObject([{ kind: 'unwitnessed', why: expect.stringContaining('1 of the 2') }])
  expect([poor.state?.note, poor.journal.length]).toEqual(['', 1])
  const whole = await look(folder, await logOf([mine('early')], [one, two]), asked)
  expect(whole).toMatchObject({ isFirst: true, standing: [] })
  expect(whole.journal.map((sighting) => sighting.kind)).toEqual(['unwitnessed', 'uncovered'])
})

test('a first run whose checkpoint was not believed keeps its place until one is', async () => {
  const folder = temporaryFolder('state')
  const witness = makeWitness('w.example')
  const witnesses = prepareWitnesses({ line: 1, keys: [witness.vkey], quorum: 1 })
  const early = [...noise(3), mine('early')]
  const at = async (log: ServedLog) => await look(folder, log, { witnesses, isFromEnd: true })
  await at(await logOf(early))
  const grown = [...early, mine('in between')]
  await at(await logOf(grown))
  const { from, journal, isFirst } = await at(await logOf([...grown, ...noise(2)], [witness]))
  expect([from, isFirst]).toEqual([4, true])
  expect(journal.flatMap((one) => ('index' in one ? [one.index] : []))).toEqual([4])
})

test('a log that began after the monitor is looked at from its beginning, one that was there before is not', async () => {
  const log = await logOf([...noise(3), mine('before anybody looked')])
  const { start } = log.authority.validFor
  const from = async (begun: number) => await look(temporaryFolder('state'), log, { isFromEnd: true, begun })
  expect(await from(start - HOUR)).toMatchObject({ isFirst: true, from: 0, journal: [{ kind: 'uncovered' }] })
  expect(await from(start + HOUR)).toMatchObject({ isFirst: true, from: 4, journal: [] })
  // What --from said was of the logs of then.
  expect(await look(temporaryFolder('state'), log, { from: 9, begun: start - HOUR })).toMatchObject({ from: 0 })
})

test('witnesses of other logs are not asked of this one', async () => {
  const rule = { line: 1, keys: [makeWitness('one.example').vkey], quorum: 1, origins: ['elsewhere.example'] }
  const { standing } = await look(temporaryFolder('state'), await logOf(noise(2)), {
    witnesses: prepareWitnesses(rule),
  })
  expect(standing).toEqual([])
})

test('a log that stops to answer keeps what was looked at, and the next round goes on behind it', async () => {
  const folder = temporaryFolder('state')
  const log = await logOf([mine('one'), ...noise(600), mine('two')])
  log.lie((path, bytes) => (path === 'tile/entries/001' ? 503 : bytes))
  expect(await faultOf(look(folder, log))).toMatchObject({ code: 'network' })
  const store = new MonitorStore(folder, log.authority, [])
  expect([store.state?.next, store.state?.sightings]).toEqual([256, 1])
  log.lie((_, bytes) => bytes)
  const { from, journal } = await look(folder, log)
  expect([from, journal.map((one) => 'index' in one && one.index)]).toEqual([256, [0, 601]])
})

test('a log that is not reached for longer than it may is an alert, once for each such time', async () => {
  const folder = temporaryFolder('state')
  const log = await logOf(noise(5))
  const at = async (hours: number) => await look(folder, log, { maxAge: 2 * HOUR, now: NOON + hours * HOUR })
  const told = () => toldIn(new MonitorStore(folder, log.authority, [])).map(({ kind, why }) => [kind, why])
  log.lie(() => 503)
  for (const hours of [0, 1]) expect(await faultOf(at(hours))).toMatchObject({ code: 'network' })
  expect(told()).toEqual([])
  for (const hours of [3, 4]) expect(await faultOf(at(hours))).toMatchObject({ code: 'network' })
  expect(told()).toEqual([['silent', expect.stringMatching(/^could not be looked at for 3 hours: .*503/)]])
  log.lie((_, bytes) => bytes)
  expect(await at(5)).toMatchObject({ isFirst: true, from: 0, to: 5 })
  // A checkpoint alone is no look at the log.
  await log.log.append(mine('late'))
  log.lie((path, bytes) => (path === 'checkpoint' ? bytes : 503))
  for (const hours of [6, 8]) expect(await faultOf(at(hours))).toMatchObject({ code: 'network' })
  expect(told().map(([kind]) => kind)).toContain('silent')
  expect(told().length).toBeGreaterThan(1)
})

test('a clock that ran ahead and was put back makes nobody wait for that time', async () => {
  const folder = temporaryFolder('state')
  const log = await logOf(noise(5))
  const at = async (hours: number) => await look(folder, log, { maxAge: 2 * HOUR, now: NOON + hours * HOUR })
  await at(1_000)
  log.lie(() => 503)
  for (const hours of [0, 3]) expect(await faultOf(at(hours))).toMatchObject({ code: 'network' })
  const told = toldIn(new MonitorStore(folder, log.authority, []))
  expect(told).toMatchObject([{ kind: 'silent', why: expect.stringContaining('for 3 hours') }])
})

describe('a checkpoint whose proof is refused', () => {
  const unproven = async (folder: string) => {
    const log = await logOf([...noise(300, 'other'), mine('hidden')])
    log.lie((path, bytes) => (path === 'checkpoint' ? bytes : 503))
    return { log, asked: async (more: Asked = {}) => await look(folder, log, more) }
  }

  test('for the third time is an alert with both notes, and nothing behind it is looked at', async () => {
    const folder = temporaryFolder('state')
    const before = await look(folder, await logOf(noise(200)))
    const { log, asked } = await unproven(folder)
    for (const _ of [1, 2]) expect(await faultOf(asked())).toMatchObject({ code: 'network' })
    for (const _ of [3, 4]) {
      const { standing, journal, state } = await asked()
      expect(standing).toMatchObject([{ kind: 'unproven', alert: true, why: expect.stringContaining('503') }])
      expect([journal.length, state?.next, state?.note]).toEqual([1, 200, before.state?.note])
      const evidence = JSON.parse(readFileSync(standing[0]?.evidence ?? '', 'utf8'))
      expect([evidence.earlier, evidence.later]).toEqual([before.state?.note, (await log.view.head()).note])
    }
  })

  test('for longer than the log may stand still is one too', async () => {
    const folder = temporaryFolder('state')
    await look(folder, await logOf(noise(200)), { maxAge: HOUR })
    const { asked } = await unproven(folder)
    expect(await faultOf(asked({ maxAge: HOUR }))).toMatchObject({ code: 'network' })
    const late = await asked({ maxAge: HOUR, now: NOON + 2 * HOUR })
    expect(late.standing.map(({ kind }) => kind)).toContain('unproven')
  })

  test('is held against the log that goes back to what it showed before', async () => {
    const folder = temporaryFolder('state')
    await look(folder, await logOf(noise(200)))
    const { log, asked } = await unproven(folder)
    expect(await faultOf(asked())).toMatchObject({ code: 'network' })
    const { standing, state } = await look(folder, await logOf(noise(400)))
    expect([standing, state?.next]).toMatchObject([[{ kind: 'fork' }], 200])
    const evidence = JSON.parse(readFileSync(standing[0]?.evidence ?? '', 'utf8'))
    expect(evidence.earlier).toBe((await log.view.head()).note)
  })

  test('and then given is forgotten', async () => {
    const folder = temporaryFolder('state')
    const log = await logOf(noise(200))
    await look(folder, log)
    await log.log.append(mine('late'))
    log.lie((path, bytes) => (path === 'checkpoint' ? bytes : 503))
    expect(await faultOf(look(folder, log))).toMatchObject({ code: 'network' })
    log.lie((_, bytes) => bytes)
    const { standing, state, to } = await look(folder, log)
    expect([standing, state?.unproven, to]).toEqual([[], undefined, 201])
  })
})

test('a bundle with another entry in it is a fault of the log, and is never looked at', async () => {
  const log = await logOf(noise(600))
  log.lie((path, bytes) =>
    path === 'tile/entries/001' && bytes ? bytes.map((byte, i) => (i === 9 ? byte ^ 1 : byte)) : bytes,
  )
  expect(await faultOf(look(temporaryFolder('state'), log))).toMatchObject({ code: 'log' })
})

test('who cannot be read is counted, and is doubtful where a watched name is in it', async () => {
  const [bad, worse] = ['bad', 'worse'].map((message) => Buffer.from(mine(message)).toString())
  // The certificate begins with another tag; the other body is no JSON any more.
  const spoilt = (bad ?? '').replace(/"content":"LS0t[^"]*"/, (part) =>
    part.replace(
      /"LS0t.*/,
      `"${Buffer.from(Buffer.from(part.slice(11, -1), 'base64').toString().replace('\nMII', '\nMJI')).toString('base64')}"`,
    ),
  )
  const { state, journal } = await look(
    temporaryFolder('state'),
    await logOf([encodeUtf8(spoilt), encodeUtf8(`${worse}}`)]),
  )
  expect(state).toMatchObject({ unreadable: 2, firstUnreadable: [0, 1] })
  expect(journal).toMatchObject([
    { kind: 'doubtful', alert: false, why: expect.stringContaining('a watched name is in it') },
    { kind: 'other', alert: true, subject: 'alice@example.com' },
  ])
})

test('the object of an entry is waited for as long as was said; whatever comes of it is told once', async () => {
  const folder = temporaryFolder('state')
  const [pushed, forged] = [mine('pushed later'), mine('forged')]
  const log = await logOf([pushed, forged, ...noise(3), pushed])
  const [hash] = readBody(pushed).hashes
  const at = async (minutes: number, known: readonly string[] = []) =>
    await look(folder, log, { grace: HOUR, now: NOON + minutes * 60_000, known })
  expect(await at(0)).toMatchObject({ waiting: 2, journal: [{ kind: 'repeat', repeats: 0 }] })
  expect(await at(30)).toMatchObject({ waiting: 2, journal: { length: 1 } })
  // A log that does not answer holds nobody up.
  log.lie(() => 503)
  expect(await faultOf(at(40, [hash ?? '']))).toMatchObject({ code: 'network' })
  log.lie((_, bytes) => bytes)
  const late = await at(60)
  expect([late.waiting, late.journal.map(({ kind, alert }) => [kind, alert])]).toEqual([
    0,
    [
      ['repeat', false],
      ['covered', false],
      ['uncovered', true],
    ],
  ])
})

test('without time to wait, who waited is told', async () => {
  const folder = temporaryFolder('state')
  const log = await logOf([mine('one')])
  await look(folder, log, { grace: HOUR })
  expect((await look(folder, log)).journal).toMatchObject([{ kind: 'uncovered', alert: true }])
})

/** One log of several trees, of which the first is the one that grows. */
function treesOf(...logs: readonly ServedLog[]): Seen {
  const [active] = logs
  if (active === undefined) throw new Error('no tree')
  const of = (origin: string) => logs.find(({ log }) => log.checkpoint().startsWith(`${origin}\n`))
  const known = (origin: string) => of(origin) ?? expect.fail(`no tree ${origin}`)
  const view: LogView = {
    ...active.view,
    head: async (origin) => {
      const found = origin === undefined ? active : of(origin)
      if (found === undefined) throw new Fault('log', `no tree ${origin}`)
      return await found.view.head()
    },
    inconsistency: async (first, last) => await known(last.checkpoint.origin).view.inconsistency(first, last),
  }
  const scan: LogScan = {
    entries(head, from, to) {
      const { http, view: own } = known(head.checkpoint.origin)
      return createLogScan(http, own).entries(head, from, to)
    },
  }
  return { ...active, view, scan }
}

describe('another tree', () => {
  const ids = (journal: readonly Sighting[]) => journal.map(({ id }) => id.replace(/^[0-9a-f]{64}/, ''))

  test('is an alert and looked at from its beginning, and the one before to its end, also later', async () => {
    const folder = temporaryFolder('state')
    const [one, two] = [await logOf([mine('1')], [], `${HOST} - 1`), await logOf([mine('2')], [], `${HOST} - 2`)]
    await look(folder, treesOf(one))
    await one.log.append(mine('between'))
    const { journal, from, to, standing } = await look(folder, treesOf(two, one))
    expect([from, to, standing.map(({ kind }) => kind)]).toEqual([0, 1, ['tree']])
    expect(ids(journal)).toEqual([':1:0', ':1:1', expect.stringMatching(/^:2:tree:1:/), ':2:0'])
    await one.log.append(mine('late'))
    const later = await look(folder, treesOf(two, one))
    expect([later.standing, ids(later.journal).slice(4)]).toEqual([[], [':1:2']])
  })

  test('that was there before goes on where it was left, and no id is seen twice', async () => {
    const folder = temporaryFolder('state')
    const [one, two] = [await logOf([mine('1')], [], `${HOST} - 1`), await logOf([mine('2')], [], `${HOST} - 2`)]
    await look(folder, treesOf(one))
    await look(folder, treesOf(two, one))
    await one.log.append(mine('back'))
    for (const logs of [
      [one, two],
      [two, one],
      [one, two],
    ])
      await look(folder, treesOf(...logs))
    const { journal, standing, state } = await look(folder, treesOf(one, two))
    expect([standing, state?.origin, state?.next]).toEqual([[], `${HOST} - 1`, 2])
    expect(ids(journal)).toEqual([':1:0', expect.stringMatching(/^:2:tree:1:/), ':2:0', ':1:1'])
  })

  test.each([
    ['gone', 'rollback', undefined],
    ['another', 'fork', 'other'],
  ] as const)('while the one before is %s is an alert, and nothing of it is believed', async (_, kind, other) => {
    const folder = temporaryFolder('state')
    const before = await look(folder, await logOf(noise(3), [], `${HOST} - 1`))
    const two = await logOf([mine('hidden')], [], `${HOST} - 2`)
    const later = other === undefined ? [] : [await logOf(noise(3, other), [], `${HOST} - 1`)]
    for (const count of [1, 2]) {
      const { standing, journal, state } = await look(folder, treesOf(two, ...later))
      expect([count, standing, journal.length]).toMatchObject([count, [{ kind, alert: true }], 1])
      expect([state?.note, state?.next]).toEqual([before.state?.note, 3])
      expect(JSON.parse(readFileSync(standing[0]?.evidence ?? '', 'utf8')).earlier).toBe(before.state?.note)
    }
  })
})

describe('a CA that the trusted root does not know', () => {
  const strange = (message: string) => forgeEntry(message, { instance: STRANGERS }).body

  test('makes it doubtful that the root is of today, where it is all that there is or signs the objects here', async () => {
    const alone = await look(temporaryFolder('state'), await logOf([strange('one'), ...noise(2)]))
    expect([alone.isTrustOld, alone.journal.map(({ kind }) => kind)]).toEqual([true, ['doubtful']])
    const log = await logOf([strange('one'), mine('two')])
    expect((await look(temporaryFolder('state'), log, { known: readBody(strange('one')).hashes })).isTrustOld).toBe(
      true,
    )
  })

  test('is nothing where there is nothing of it', async () => {
    expect((await look(temporaryFolder('state'), await logOf([mine('one'), ...noise(2)]))).isTrustOld).toBe(false)
  })
})
