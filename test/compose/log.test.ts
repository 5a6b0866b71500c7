import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { keepEvidence } from '../../src/compose/log.ts'
import { temporaryFolder } from '../support/folder.ts'

test('a log that shows a new past each time fills no disk: what proves it is kept, and some of what it shows later', () => {
  const folder = temporaryFolder('evidence')
  const stem = join(folder, 'ab-cd')
  const paths = Array.from({ length: 100 }, (_, i) =>
    keepEvidence(stem, { earlier: 'one', later: `another ${i}`, why: 'two roots', now: 0 }),
  )
  expect(readdirSync(folder)).toHaveLength(16)
  expect(paths.every((path) => readdirSync(folder).some((name) => path === join(folder, name)))).toBe(true)
})
