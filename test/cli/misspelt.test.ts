import { describe, expect, test } from 'vitest'
import { runCommand } from '../../src/cli/main.ts'
import { testWorld } from '../support/world.ts'

async function told(...args: readonly string[]) {
  const world = testWorld({ args })
  const exit = await runCommand(world)
  const [error, hint] = world.output(2).split('\n')
  return { exit, error, hint: hint?.replace('gitsigil: hint: ', '') }
}

describe('a misspelt word is told with the known one that is nearest', () => {
  test.each([
    [['verfy'], 'unknown command "verfy"', 'did you mean verify?'],
    [['verify-tga', 'v1'], 'unknown command "verify-tga"', 'did you mean verify-tag?'],
    [['help', 'reprot'], 'unknown command "reprot"', 'did you mean report?'],
    [['verify', '--polcy=x'], 'unknown flag "--polcy"', 'did you mean --policy?'],
    [['sandbox', 'token', '--emial=x'], 'unknown flag "--emial"', 'did you mean --email?'],
    [['show', '-json'], 'unknown flag "-json"', 'did you mean --json?'],
    [
      ['policy', 'chek'],
      'policy takes one of init, check, test, explain, diff, update, not "chek"',
      'did you mean policy check?',
    ],
    [
      ['log', 'serch'],
      'log takes one of search, get, verify, info, proof, merge, not "serch"',
      'did you mean log search?',
    ],
    [['hook', 'instal'], 'hook takes one of install, uninstall, run, not "instal"', 'did you mean hook install?'],
    [['bundle', 'exprt'], 'bundle takes one of export, import, not "exprt"', 'did you mean bundle export?'],
    [['agent', 'stat'], 'agent takes one of start, status, stop, not "stat"', 'did you mean agent start?'],
    [['agent', 'strat'], 'agent takes one of start, status, stop, not "strat"', 'did you mean agent start?'],
    [['report', 'merg'], 'report takes merge, not "merg"', 'did you mean report merge?'],
  ])('%j', async (args, error, hint) => {
    expect(await told(...args)).toEqual({ exit: 2, error: `gitsigil: error: ${error}`, hint })
  })
})

describe('where nothing is near, and where nothing was named, the hint says where the known ones are', () => {
  test.each([
    [['frobnicate'], 'gitsigil help lists them'],
    // What the program calls itself with is nobody's to type.
    [['keychain-cal'], 'gitsigil help lists them'],
    [['verify', '--frobnicate'], '--help lists those of the command'],
    [['verify', '-x'], '--help lists those of the command'],
    [['policy', 'frobnicate'], 'gitsigil help policy says more'],
    [['policy'], 'gitsigil help policy says more'],
    [['log'], 'gitsigil help log says more'],
    [['report'], 'gitsigil help report says more'],
    [['help', '--jsn'], '--help lists those of the command'],
  ])('%j', async (args, hint) => {
    expect(await told(...args)).toMatchObject({ exit: 2, hint })
  })
})

test('a word without end is not compared with every command', async () => {
  expect(await told('x'.repeat(100_000))).toMatchObject({ exit: 2, hint: 'gitsigil help lists them' })
})
