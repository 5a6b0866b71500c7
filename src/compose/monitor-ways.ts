// The ways out of a monitor beside standard output: posts to a webhook, mails, the text of an issue.
import { createHmac } from 'node:crypto'
import { encodeUtf8 } from '../bytes.ts'
import type { Fault } from '../errors.ts'
import { issueText } from '../monitor/issue.ts'
import { type Envelope, mailText } from '../monitor/mail.ts'
import { type Sighting, sightingDocument } from '../monitor/sighting.ts'
import { headLine } from '../monitor/text.ts'
import type { Secret } from '../secret.ts'
import type { Http } from '../system/http.ts'
import { answerFault } from '../system/http-fault.ts'
import { findReplaceable, replaceFile } from '../system/private-files.ts'
import type { MailServer } from '../system/smtp.ts'
import type { Tell, Way } from './monitor-tell.ts'

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
      return async ([sighting]) => (sighting === undefined ? undefined : await post(http, url, secret, sighting))
    },
  }
}

/** A refusal is one of this alert; what a later try may mend is thrown, as what asks to be tried again is by `http`. */
async function post(
  http: Http,
  url: string,
  secret: Secret | undefined,
  sighting: Sighting,
): Promise<Fault | undefined> {
  const body = encodeUtf8(JSON.stringify({ ...sightingDocument(sighting), text: headLine(sighting) }))
  const signed = secret && createHmac('sha256', secret.reveal()).update(body).digest('hex')
  const headers = {
    'content-type': 'application/json',
    'idempotency-key': sighting.id,
    ...(signed && { 'x-gitsigil-signature-256': `sha256=${signed}` }),
  }
  const asked = { service: 'the webhook', url, method: 'POST', headers, body, accept: '*/*', code: 'network' } as const
  const response = await http.request({ ...asked, retry: 'idempotent' })
  if (response.status >= 200 && response.status <= 299) return undefined
  const fault = answerFault(asked, response)
  if (response.status >= 400 && response.status <= 499) return fault
  throw fault
}

/** One mail with the alerts of a round over one log, and one with those of mails that were refused. */
export function mailWay(server: MailServer, password: Secret | undefined, envelope: Envelope, way: Named): Way {
  return {
    name: way.name,
    most: Number.POSITIVE_INFINITY,
    isForAlerts: true,
    begin: () => async (alerts) => {
      const { sendMail } = await import('../system/smtp.ts')
      return await sendMail(server, password, { ...envelope, text: mailText(alerts, envelope, way.now()) })
    },
  }
}

interface Named {
  readonly name: string
  now(): number
}

/** The alerts of a round as the text of an issue, in a file that is replaced. Throws `io` where it is no regular file. */
export function issueWay(path: string): Way {
  // Now too, and not after hours of reading.
  findReplaceable(path)
  const tell: Tell = async (alerts) => {
    replaceFile(findReplaceable(path), encodeUtf8(issueText(alerts)))
    return undefined
  }
  return { name: 'issue', isForAlerts: true, begin: () => tell }
}
