// Where `monitor` tells what it saw, by its flags: standard output, a webhook, mails, the text of an issue.
import { hash } from 'node:crypto'
import type { Configured } from '../compose/assessor.ts'
import type { Tell, Way } from '../compose/monitor-tell.ts'
import { issueWay, mailWay, webhookWay } from '../compose/monitor-ways.ts'
import { composeHttp } from '../compose/services.ts'
import { Fault } from '../errors.ts'
import { issueText } from '../monitor/issue.ts'
import { checkAddress } from '../monitor/mail.ts'
import { type Sighting, sightingDocument } from '../monitor/sighting.ts'
import { sightingText } from '../monitor/text.ts'
import { Secret } from '../secret.ts'
import { resolvePath } from '../system/files.ts'
import { checkServiceUrl } from '../system/http-url.ts'
import type { World } from '../system/world.ts'
import { escapeJson } from '../tell.ts'
import { flagValue, type ParsedFlags } from './flags.ts'

/** Milliseconds that all of one round's posts may take. */
const BUDGET = 600_000
const MOST = 64

/** The first is standard output. Throws `usage`, `config` and `io` before anything is looked at. */
export async function waysFrom(configured: Configured, flags: ParsedFlags): Promise<readonly Way[]> {
  const { world } = configured
  const issue = flagValue(flags, 'github-issue')
  const ways = [issue === '-' ? issueOut(world) : standardOut(world, formOf(flags))]
  if (issue !== undefined && issue !== '-') ways.push(issueWay(resolvePath(issue, world)))
  return [...ways, ...webhooks(configured), ...(await mails(configured, flags))]
}

function formOf(flags: ParsedFlags): (sighting: Sighting) => string {
  const format = flagValue(flags, 'format') ?? 'text'
  if (format === 'text') return sightingText
  if (format === 'jsonl') return (sighting) => `${escapeJson(JSON.stringify(sightingDocument(sighting)))}\n`
  throw new Fault('usage', `--format is text or jsonl, not ${JSON.stringify(format)}`)
}

function standardOut(world: World, form: (sighting: Sighting) => string): Way {
  return {
    name: 'stdout',
    most: MOST,
    isForAlerts: false,
    begin: () => writing(world, (all) => all.map(form).join('')),
  }
}

function issueOut(world: World): Way {
  return { name: 'stdout', isForAlerts: true, begin: () => writing(world, issueText) }
}

function writing(world: World, form: (sightings: readonly Sighting[]) => string): Tell {
  return async (sightings) => {
    world.write(1, form(sightings))
    return undefined
  }
}

function webhooks(configured: Configured): readonly Way[] {
  const { webhook, webhookSecret } = configured.settings
  if (webhook === undefined) return []
  checkServiceUrl('the webhook', webhook)
  const secret = webhookSecret === undefined ? undefined : new Secret(webhookSecret)
  return [webhookWay(() => composeHttp(configured, BUDGET), webhook, secret, `webhook-${mark(webhook)}`)]
}

async function mails(configured: Configured, flags: ParsedFlags): Promise<readonly Way[]> {
  const { settings, world } = configured
  const url = flagValue(flags, 'smtp')
  const to = (flags.values.get('mail-to') ?? []).map((address) => checkAddress(address, 'mail-to'))
  if (url === undefined && to.length === 0) return []
  const [first] = to
  if (url === undefined || first === undefined) throw new Fault('usage', '--smtp and --mail-to go together')
  const { parseMailServer } = await import('../system/smtp.ts')
  const from = checkAddress(flagValue(flags, 'mail-from') ?? first, 'mail-from')
  const password = settings.smtpPassword === undefined ? undefined : new Secret(settings.smtpPassword)
  const way = { name: `mail-${mark(JSON.stringify([url, to]))}`, now: () => world.now() }
  return [mailWay(parseMailServer(url), password, { from, to }, way)]
}

/** Two webhooks are two ways: what one was told the other was not. */
function mark(text: string): string {
  return hash('sha256', text).slice(0, 8)
}
