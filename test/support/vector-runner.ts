// A program of its own: the verdict on each vector of a folder, one JSON line each. Compiled in a test, so that the standalone
// build's runtime can be held against Node's.
import { judgeVector, readVectors } from './vectors.ts'

for (const vector of readVectors(process.argv.at(-1) ?? '')) {
  const verdicts = judgeVector(vector).map(({ verdict }) => verdict)
  console.log(JSON.stringify({ name: vector.name, verdicts }))
}
