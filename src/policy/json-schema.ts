// The JSON Schemas that editors use, made from the shapes that read the files.
import { casesFile } from './cases.ts'
import { policyFile } from './file.ts'

const DRAFT = 'https://json-schema.org/draft/2020-12/schema'

/** By their file names in schema/. */
export const SCHEMAS: Readonly<Record<string, object>> = {
  'policy.schema.json': { $schema: DRAFT, title: 'gitsigil policy (.gitsigil/policy.yaml)', ...policyFile.schema },
  'policy-test.schema.json': {
    $schema: DRAFT,
    title: 'gitsigil policy cases (.gitsigil/policy.test.yaml)',
    ...casesFile.schema,
  },
}

export function encodeSchema(schema: object): string {
  return `${JSON.stringify(schema, null, 2)}\n`
}
