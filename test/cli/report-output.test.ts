import { mkdirSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test, vi } from 'vitest'
import { openReports } from '../../src/cli/report-output.ts'
import { temporaryFolder } from '../support/folder.ts'
import { testWorld } from '../support/world.ts'

const folder = temporaryFolder('report-output')
const open = (...reports: readonly string[]) =>
  openReports(testWorld({ cwd: folder }), { values: new Map([['report', reports]]), operands: [] })

test('two reports into one file are refused, whatever its path is written like', async () => {
  await expect(open('json=a', `sarif=${join(folder, 'x', '..', 'a')}`)).rejects.toMatchObject({
    code: 'usage',
    message: `--report: two reports into ${join(folder, 'a')}`,
  })
  expect(readdirSync(folder)).not.toContain('a')
})

test('where one cannot be opened, nothing of the others is left to wait on disk', async () => {
  const place = join(folder, 'temporary')
  mkdirSync(place)
  vi.stubEnv('TMPDIR', place)
  onTestFinished(() => void vi.unstubAllEnvs())
  await expect(open('html=b', 'jsonl=no/such/folder')).rejects.toMatchObject({ code: 'io' })
  expect(readdirSync(place)).toEqual([])
})
