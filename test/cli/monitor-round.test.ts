import { expect, test } from 'vitest'
import { lookOnce } from '../../src/cli/monitor-round.ts'
import { Progress } from '../../src/cli/progress.ts'
import type { Way } from '../../src/compose/monitor-tell.ts'
import { Fault } from '../../src/errors.ts'
import { temporaryFolder } from '../support/folder.ts'
import { see } from '../support/monitor-store.ts'
import { entrySighting, HOSTILE } from '../support/sightings.ts'
import { testWorld } from '../support/world.ts'

test('what a certificate says of an alert that is refused moves no cursor, and makes no line of its own', async () => {
  const world = testWorld({ args: [], cwd: temporaryFolder('cwd') })
  const begin: Way['begin'] = () => async () => new Fault('network', 'refused')
  const store = see(temporaryFolder('state'), ['hook'], [entrySighting({ subject: HOSTILE, why: HOSTILE })])
  const monitor = {
    async round(_: AbortSignal, ended: (outcome: { log: string; store: typeof store }) => Promise<void>) {
      await ended({ log: 'log', store })
      return []
    },
    missing: () => [],
    close: async () => undefined,
  }
  const ways = [{ name: 'hook', most: 1, isForAlerts: true, begin }]
  const run = { world, monitor, ways, progress: new Progress(world, 'entries'), signal: new AbortController().signal }
  expect(await lookOnce(run, true)).toBe(3)
  expect(world.output(2)).toMatch(
    /^gitsigil: error: refused; it is told again in the next round: ALERT: [\x20-\x7e]*\n$/,
  )
  expect(world.output(2)).toContain('\\u{1b}')
})
