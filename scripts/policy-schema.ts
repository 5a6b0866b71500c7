// The JSON Schemas of the policy files, made from what reads them.
import { writeFileSync } from 'node:fs'
import { encodeSchema, SCHEMAS } from '../src/policy/json-schema.ts'

for (const [name, schema] of Object.entries(SCHEMAS)) {
  if (process.argv.includes('--write'))
    writeFileSync(new URL(`../schema/${name}`, import.meta.url), encodeSchema(schema))
  else process.stdout.write(encodeSchema(schema))
}
