// A program of its own: the verdicts on all inputs and on mutants of them, a JSON line each. Run by Node, and compiled for the
// standalone build's runtime, so that the two can be held against each other: SHARED VECTORS SEED COUNT.
import { judgeVector, readVectors } from '../../test/support/vectors.ts'
import { type Input, readInputs } from './inputs.ts'
import { judgeInput } from './judge.ts'
import { makeCase, mutated } from './run.ts'

const [shared = '', vectors = '', seed = '0', count = '0'] = process.argv.slice(-4)
const inputs = readInputs(shared, vectors)

for (const vector of readVectors(vectors)) print(vector.name, judgeVector(vector))
for (const input of inputs) print(input.name, verdictOn(input))
for (let index = 0; index < Number(count); index += 1) {
  const { input, mutant } = makeCase(inputs, Number(seed), index)
  print(`case ${index} of ${input.name}`, verdictOn(mutated(input, mutant)))
}

function verdictOn(input: Input) {
  const judged = attempt(input)
  if ('threw' in judged || !judged.ok) return judged
  const { verdict } = judged.accepted
  const { times, entry } = verdict
  const signer = 'signer' in verdict ? verdict.signer.identity : 'a managed key'
  return { signer, times, log: entry.log, index: String(entry.logIndex), kind: `${entry.kind} ${entry.version}` }
}

function attempt(input: Input) {
  try {
    return judgeInput(input)
  } catch (thrown) {
    return { threw: String(thrown) }
  }
}

function print(name: string, verdict: unknown): void {
  process.stdout.write(`${JSON.stringify([name, verdict])}\n`)
}
