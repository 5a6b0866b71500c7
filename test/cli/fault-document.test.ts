import { describe, expect, test } from 'vitest'
import { faultAsDocument } from '../../src/cli/fault-document.ts'
import { parseFlags } from '../../src/cli/flags.ts'
import { Fault } from '../../src/errors.ts'
import type { World } from '../../src/system/world.ts'
import { testWorld } from '../support/world.ts'

const fail = async () => {
  throw new Fault('git', 'no such thing')
}
const begin = async (world: World) => {
  world.write(1, '{')
  return await fail()
}

describe('with --json', () => {
  test('a fault is the document, and told as well', async () => {
    const world = testWorld()
    expect(await faultAsDocument(world, ['--json'], fail)).toBe(3)
    expect(JSON.parse(world.output(1))).toMatchObject({ verdict: 'fault', fault: { message: 'no such thing' } })
    expect(world.output(2)).toBe('gitsigil: error: no such thing\n')
  })

  test('no second document is begun', async () => {
    const world = testWorld()
    await expect(faultAsDocument(world, ['--json'], begin)).rejects.toThrow('no such thing')
    expect(world.output(1)).toBe('{')
  })

  test('a misspelt flag is told with the one that was meant', async () => {
    const world = testWorld()
    const table = { policy: { kind: 'value', help: '' } } as const
    const work = async () => parseFlags(['--polcy=x'], table).operands.length
    expect(await faultAsDocument(world, ['--json'], work)).toBe(2)
    expect(JSON.parse(world.output(1))).toMatchObject({ fault: { hint: 'did you mean --policy?' } })
  })

  test('the document is written and the status that of the fault where its words cannot be told', async () => {
    const world = testWorld()
    const write: World['write'] = (fd, data) => {
      if (fd === 2) throw new Fault('io', 'cannot write to descriptor 2: ENOSPC')
      world.write(fd, data)
    }
    expect(await faultAsDocument({ ...world, write }, ['--json'], fail)).toBe(3)
    expect(JSON.parse(world.output(1))).toMatchObject({ verdict: 'fault' })
  })
})

test('without --json a fault is left to whoever tells it', async () => {
  const world = testWorld()
  await expect(faultAsDocument(world, [], fail)).rejects.toThrow('no such thing')
  expect(world.output(1)).toBe('')
})
