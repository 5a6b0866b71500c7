// The ways out of a monitor: each is told what it has not told yet, and that it was told is remembered behind it. So a way
// that fails, or a monitor that is killed, tells again what it may have told, with the same id.
import { createHmac } from 'node:crypto'
import { encodeUtf8 } from '../bytes.ts'
import { issueText } from '../monitor/issue.ts'
import { type Envelope, mailText } from '../monitor/mail.ts'
import { type Sighting, sightingDocument } from '../monitor/sighting.ts'
import { headLine } from '../monitor/text.ts'
import type { Secret } from '../secret.ts'
import type { Http } from '../system/http.ts'
import { answerFault } from '../system/http-fault.ts'
import { replaceFile } from '../system/private-files.ts'
import type { MailServer } from '../system/smtp.ts'
import type { MonitorStore } from './monitor-store.ts'

export interface Way {
  /** Under which it is remembered how far it has told. */
  readonly name: string
  /** Sightings of a log at once; absent: those of all logs together, once the round is over. */
  readonly most?: number
  readonly isForAlerts: boolean
  /** Once a round: what one round has used up of time is there again in the next. */
  begin(): Tell
}

/** Returns when they are told for good. */
export type Tell = (sightings: readonly Sighting[]) => Promise<void>

/** Gives how many alerts were told. Throws what the way throws; what it told until then is remembered. */
export async function tellAll(stores: readonly MonitorStore[], way: Way): Promise<number> {
  const { most = 0 } = way
  const say = way.begin()
  if (most === 0) return await tellTogether(stores, way, say)
  let told = 0
  for (const store of stores) told += await tellOf(store, { ...way, most }, say)
  return told
}

async function tellOf(store: MonitorStore, way: Way & { readonly most: number }, say: Tell): Promise<number> {
  let told = 0
  let waiting: Sighting[] = []
  let passed = 0
  const tell = async () => {
    if (waiting.length > 0) await say(waiting)
    if (passed > 0) store.markTold(way.name, passed)
    told += waiting.filter(({ alert }) => alert).length
    waiting = []
    passed = 0
  }
  for (const sighting of store.untold(way.name)) {
    passed++
    if (sighting.alert || !way.isForAlerts) waiting.push(sighting)
    if (waiting.length >= way.most) await tell()
  }
  await tell()
  return told
}

async function tellTogether(stores: readonly MonitorStore[], way: Way, say: Tell): Promise<number> {
  const found = stores.map((store) => ({ store, sightings: [...store.untold(way.name)] }))
  const alerts = found.flatMap(({ sightings }) => sightings).filter(({ alert }) => alert)
  if (alerts.length > 0) await say(alerts)
  for (const { store, sightings } of found) if (sightings.length > 0) store.markTold(way.name, sightings.length)
  return alerts.length
}

/**
 * Posts each alert by itself; its id is the Idempotency-Key, so whoever listens tells one that comes twice.
 * @param connect what a round asks by, with a budget of its own
 */
export function webhookWay(connect: () => Http, url: string, secret: Secret | undefined, name: string): Way {
  return {
    name,
    most: 1,
    isForAlerts: true,
    begin() {
      const http = connect()
      return async (sightings) => {
        for (const sighting of sightings) await post(http, url, secret, sighting)
      }
    },
  }
}

async function post(http: Http, url: string, secret: Secret | undefined, sighting: Sighting): Promise<void> {
  const body = encodeUtf8(JSON.stringify({ ...sightingDocument(sighting), text: headLine(sighting) }))
  const signed = secret && createHmac('sha256', secret.reveal()).update(body).digest('hex')
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': sighting.id,
    ...(signed && { 'x-gitsigil-signature-256': `sha256=${signed}` }),
  }
  const asked = { service: 'the webhook', url, method: 'POST', headers, body, accept: '*/*', code: 'network' } as const
  const response = await http.request({ ...asked, retry: 'idempotent' })
  if (response.status < 200 || response.status > 299) throw answerFault(asked, response)
}

/** One mail with the alerts of a round over one log. */
export function mailWay(server: MailServer, password: Secret | undefined, envelope: Envelope, way: Named): Way {
  return {
    name: way.name,
    most: Number.POSITIVE_INFINITY,
    isForAlerts: true,
    begin: () => async (alerts) => {
      const { sendMail } = await import('../system/smtp.ts')
      await sendMail(server, password, { ...envelope, text: mailText(alerts, envelope, way.now()) })
    },
  }
}

interface Named {
  readonly name: string
  now(): number
}

/** The alerts of a round as the text of an issue, in a file that is replaced. */
export function issueWay(path: string): Way {
  const tell: Tell = async (alerts) => replaceFile(path, encodeUtf8(issueText(alerts)))
  return { name: 'issue', isForAlerts: true, begin: () => tell }
}
