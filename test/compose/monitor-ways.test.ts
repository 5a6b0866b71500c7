import { cpSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { MonitorStore } from '../../src/compose/monitor-store.ts'
import { tellAll, type Way } from '../../src/compose/monitor-tell.ts'
import { mailWay, webhookWay } from '../../src/compose/monitor-ways.ts'
import { createHttp } from '../../src/system/http.ts'
import { faultOf } from '../support/faults.ts'
import { temporaryFolder } from '../support/folder.ts'
import { serve, serveEarly } from '../support/loopback.ts'
import { readMail, serveMail } from '../support/mail-server.ts'
import { refused, see, untold } from '../support/monitor-store.ts'
import { entrySighting } from '../support/sightings.ts'

const none = () => expect.fail('refused')

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
  for (const id of ['1', '2', '3', '4']) expect(await tellAll([see(folder, ['hook'], [id])], way, none)).toBe(1)
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
  expect(await faultOf(tellAll([store], way, none))).toMatchObject({
    message: expect.stringContaining('no time is left'),
  })
  expect(untold(store, 'hook')).toEqual(['2'])
})

/** A webhook that answers each alert with the status that `answer` gives for its id. */
async function hook(answer: (id: string) => number) {
  const server = await serve(({ headers }, response) =>
    response.writeHead(answer(String(headers['idempotency-key']))).end(),
  )
  const http = () => createHttp({ userAgent: 'gitsigil/test', sleep: async () => undefined })
  let seen = 0
  return {
    way: webhookWay(http, server.url, undefined, 'hook'),
    /** Ids that it was asked for since this was last asked. */
    asked() {
      const ids = server.asked.slice(seen).map(({ headers }) => String(headers['idempotency-key']))
      seen += ids.length
      return ids
    },
  }
}

/** One round, and the ids that it was refused. */
async function round(store: MonitorStore, way: Way) {
  const refusals: string[] = []
  const told = await tellAll([store], way, ({ id }) => refusals.push(id))
  return { told, refusals }
}

describe('an alert that a webhook refuses for good', () => {
  test.each([400, 401, 404, 410, 413, 422])('(%i) holds up none behind it, and is told again', async (status) => {
    let isMended = false
    const { way, asked } = await hook((id) => (id === '2' && !isMended ? status : 204))
    const folder = temporaryFolder('state')
    expect(await round(see(folder, ['hook'], ['1', '2', '3']), way)).toEqual({ told: 2, refusals: ['2'] })
    expect(asked()).toEqual(['1', '2', '3'])
    expect(await round(see(folder, ['hook'], ['4']), way)).toEqual({ told: 1, refusals: ['2'] })
    expect(asked()).toEqual(['4', '2'])
    isMended = true
    expect(await round(see(folder, ['hook']), way)).toEqual({ told: 1, refusals: [] })
    expect(await round(see(folder, ['hook']), way)).toEqual({ told: 0, refusals: [] })
    expect(asked()).toEqual(['2'])
  })

  test('is told of with what the webhook said', async () => {
    const { way } = await hook(() => 413)
    const heard: unknown[] = []
    const store = see(temporaryFolder('state'), ['hook'], ['1'])
    await tellAll([store], way, ({ id }, { code, message }) => heard.push([id, code, message]))
    expect(heard).toEqual([['1', 'network', expect.stringMatching(/^the webhook at \S+ answered 413$/)]])
  })

  test('because it is too large is one also where nobody reads it to its end', async () => {
    const server = await serveEarly(413)
    const http = () => createHttp({ userAgent: 'gitsigil/test', sleep: async () => undefined })
    const large = entrySighting({ id: '1', why: 'x'.repeat(600_000) })
    const store = see(temporaryFolder('state'), ['hook'], [large, '2'])
    const { refusals } = await round(store, webhookWay(http, server, undefined, 'hook'))
    expect(refusals).toEqual(['1', '2'])
  })

  test('is what the webhook that takes its place begins with', async () => {
    const [wrong, right] = [await hook((id) => (id === '1' ? 204 : 404)), await hook(() => 204)]
    const folder = temporaryFolder('state')
    await round(see(folder, ['hook'], ['1', '2', '3']), wrong.way)
    expect(await round(see(folder, ['right']), { ...right.way, name: 'right' })).toEqual({ told: 2, refusals: [] })
    expect(right.asked()).toEqual(['2', '3'])
  })

  test('is remembered while there are no more than 256: the next one stops the way, and nothing is passed over', async () => {
    let isMended = false
    const { way, asked } = await hook(() => (isMended ? 204 : 400))
    const folder = temporaryFolder('state')
    const ids = Array.from({ length: 260 }, (_, at) => String(at))
    const first = await round(see(folder, ['hook'], ids), way)
    expect([first.refusals, asked()]).toEqual([ids.slice(0, 257), ids.slice(0, 257)])
    const store = see(folder, ['hook'])
    expect([refused(store, 'hook'), untold(store, 'hook')]).toEqual([ids.slice(0, 256), ids.slice(256)])
    await round(see(folder, ['hook']), way)
    expect(asked()).toEqual(['256', ...ids.slice(0, 256)])
    isMended = true
    expect(await round(see(folder, ['hook']), way)).toEqual({ told: 260, refusals: [] })
    expect(asked()).toEqual([...ids.slice(256), ...ids.slice(0, 256)])
  })

  test('is lost by no kill, whenever it comes', async () => {
    const folder = temporaryFolder('state')
    const ids = ['1', '2', '3', '4', '5', '6']
    const killed: { readonly folder: string; readonly taken: readonly string[] }[] = []
    const taken: string[] = []
    let isMended = false
    const first = await hook((id) => {
      const copy = temporaryFolder('killed')
      cpSync(folder, copy, { recursive: true })
      killed.push({ folder: copy, taken: [...taken] })
      if (!isMended && (id === '2' || id === '5')) return 400
      taken.push(id)
      return 204
    })
    await round(see(folder, ['hook'], ids), first.way)
    isMended = true
    await round(see(folder, ['hook']), first.way)
    expect(killed).toHaveLength(8)
    for (const one of killed) {
      const after = await hook(() => 204)
      await round(see(one.folder, ['hook']), after.way)
      expect([...new Set([...one.taken, ...after.asked()])].sort()).toEqual(ids)
    }
  })
})

describe('a webhook that may take an alert later', () => {
  test.each([408, 425, 429, 500, 501, 503, 302])(
    '(%i) is told it then, and nothing behind it before',
    async (status) => {
      let isDown = true
      const { way, asked } = await hook((id) => (id === '2' && isDown ? status : 204))
      const folder = temporaryFolder('state')
      const store = see(folder, ['hook'], ['1', '2', '3'])
      expect(await faultOf(tellAll([store], way, none))).toMatchObject({ code: 'network' })
      expect([untold(store, 'hook'), refused(store, 'hook')]).toEqual([['2', '3'], []])
      expect(new Set(asked())).toEqual(new Set(['1', '2']))
      isDown = false
      expect(await round(see(folder, ['hook']), way)).toEqual({ told: 2, refusals: [] })
      expect(asked()).toEqual(['2', '3'])
    },
  )

  test('forgets nothing that it refused before', async () => {
    let status = 400
    const { way } = await hook(() => status)
    const folder = temporaryFolder('state')
    await round(see(folder, ['hook'], ['1', '2']), way)
    status = 503
    const store = see(folder, ['hook'])
    expect(await faultOf(tellAll([store], way, none))).toMatchObject({ message: expect.stringContaining('503') })
    expect(refused(store, 'hook')).toEqual(['1', '2'])
  })
})

describe('a mail', () => {
  const envelope = { from: 'bot@example.com', to: ['kim@example.com'] }
  const wayTo = (port: number) =>
    mailWay({ host: '127.0.0.1', port, isSecure: false, isLocal: true }, undefined, envelope, {
      name: 'mail',
      now: () => 0,
    })
  const entriesIn = (text: string) => readMail(text).body.match(/(?<=hash +)\w+$/gm)
  const named = (id: string) => entrySighting({ id, hashes: [id] })

  test('that is refused for good holds up none behind it, and what it told is told again by one', async () => {
    let isMended = false
    const { port, mails } = await serveMail({}, (text) => (!isMended && entriesIn(text)?.includes('bad') ? 554 : 250))
    const folder = temporaryFolder('state')
    const both = see(folder, ['mail'], [named('bad'), named('beside')])
    expect(await round(both, wayTo(port))).toEqual({ told: 0, refusals: ['bad', 'beside'] })
    expect(await round(see(folder, ['mail'], [named('good')]), wayTo(port))).toMatchObject({ told: 1 })
    expect(mails.map(({ text }) => entriesIn(text))).toEqual([['good']])
    isMended = true
    expect(await round(see(folder, ['mail']), wayTo(port))).toEqual({ told: 2, refusals: [] })
    expect(mails.slice(1).map(({ text }) => entriesIn(text))).toEqual([['bad', 'beside']])
  })

  test('that may be taken later is told then', async () => {
    const { port } = await serveMail({}, () => 451)
    const store = see(temporaryFolder('state'), ['mail'], ['1', '2'])
    expect(await faultOf(tellAll([store], wayTo(port), none))).toMatchObject({ code: 'network' })
    expect([untold(store, 'mail'), refused(store, 'mail')]).toEqual([['1', '2'], []])
  })
})
