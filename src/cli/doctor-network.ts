// The doctor asks each service that signing uses something harmless, all at once, and compares its clock with theirs.
import { composeHttp } from '../compose/services.ts'
import type { Standing } from '../compose/standing.ts'
import { type Answered, checkClock } from '../doctor/clock.ts'
import type { Finding } from '../doctor/finding.ts'
import { type Asked, checkService } from '../doctor/service.ts'
import { Fault } from '../errors.ts'
import type { Http, HttpResponse } from '../system/http.ts'
import { endpoint } from '../system/http-url.ts'

interface Question {
  readonly name: string
  /** As configured. */
  readonly url: string
  readonly path: string
}

interface Result {
  readonly asked: Asked
  readonly answered?: Answered
}

const TIMEOUT = 5_000

export async function askServices(standing: Standing): Promise<readonly Finding[]> {
  const { configured } = standing
  const http = composeHttp(configured, 3 * TIMEOUT)
  const results = await Promise.all(questionsFor(standing).map((question) => ask(http, question, configured.world.now)))
  const clock = checkClock(results.flatMap(({ answered }) => answered ?? []))
  return [clock, ...results.map(({ asked }) => checkService(asked))]
}

// A log of version 2 and a timestamp authority have nothing that every one of them answers: any answer at all will do.
function questionsFor({ services, door }: Standing): readonly Question[] {
  const { fulcio, rekor, rekorVersion, timestamp } = services
  const log = rekorVersion === 1 ? '/api/v1/log' : '/api/v2/checkpoint'
  return [
    { name: 'issuer', url: door.issuer, path: '/.well-known/openid-configuration' },
    { name: 'Fulcio', url: fulcio, path: '/api/v2/configuration' },
    { name: 'log', url: rekor, path: log },
    ...(timestamp === undefined ? [] : [{ name: 'timestamps', url: timestamp, path: '' }]),
  ]
}

async function ask(http: Http, { name, url, path }: Question, now: () => number): Promise<Result> {
  const [sent, started] = [now(), performance.now()]
  try {
    const target = path === '' ? url : endpoint(url, path)
    const response = await http.request({
      service: name,
      url: target,
      timeout: TIMEOUT,
      retry: 'never',
      code: 'network',
    })
    const asked = { name, url, took: performance.now() - started, ...problemOf(response, name, url) }
    const date = Date.parse(response.headers.get('date') ?? '')
    return Number.isNaN(date) ? { asked } : { asked, answered: { service: name, sent, received: now(), date } }
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
    return { asked: { name, url, why: thrown.message } }
  }
}

function problemOf({ status }: HttpResponse, name: string, url: string): { readonly why?: string } {
  const mustKnow = name === 'issuer' || name === 'Fulcio'
  return mustKnow && status !== 200 ? { why: `${name} at ${url} answered ${status}: is the address right?` } : {}
}
