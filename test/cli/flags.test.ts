import { describe, expect, test } from 'vitest'
import { type FlagTable, flagValue, isSet, parseFlags } from '../../src/cli/flags.ts'

const table: FlagTable = {
  name: { kind: 'value', short: 'n', help: '' },
  tag: { kind: 'list', help: '' },
  json: { kind: 'switch', help: '' },
}

test('a value stands after its flag or behind an equals sign, and may look like anything', () => {
  for (const args of [['--name', '-x'], ['--name=-x'], ['-n', '-x'], ['-n=-x']])
    expect(flagValue(parseFlags(args, table), 'name')).toBe('-x')
  expect(flagValue(parseFlags(['--name='], table), 'name')).toBe('')
})

test('switches, with and without a value', () => {
  expect(isSet(parseFlags(['--json'], table), 'json')).toBe(true)
  expect(isSet(parseFlags(['--json=true'], table), 'json')).toBe(true)
  expect(isSet(parseFlags(['--json=false'], table), 'json')).toBe(false)
  expect(isSet(parseFlags([], table), 'json')).toBe(false)
})

test('lists keep their order; operands may stand anywhere; -- ends the flags', () => {
  const flags = parseFlags(['HEAD', '--tag', 'a', '-', '--tag=b', '--', '--json'], table)
  expect(flags.values.get('tag')).toEqual(['a', 'b'])
  expect(flags.operands).toEqual(['HEAD', '-', '--json'])
})

describe('usage faults', () => {
  test.each([
    [['--nam', 'x'], 'unknown flag "--nam"'],
    [['-x'], 'unknown flag "-x"'],
    [['--constructor'], 'unknown flag "--constructor"'],
    [['--name', 'a', '--name', 'b'], '--name is given twice'],
    [['--name', 'a', '-n', 'b'], '-n is given twice'],
    [['--json', '--json'], '--json is given twice'],
    [['--name'], '--name needs a value'],
    [['--json=yes'], '--json is true or false, not "yes"'],
  ])('%j', (args, message) => {
    expect(() => parseFlags(args, table)).toThrow(expect.objectContaining({ code: 'usage', message }))
  })
})
