// What an editor calls right by the schema is what the reader takes, as far as shapes go, and the other way round.
import { readFileSync } from 'node:fs'
import Ajv2020 from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { stringify } from 'yaml'
import { encodeUtf8 } from '../../src/bytes.ts'
import { Fault } from '../../src/errors.ts'
import { policyFile } from '../../src/policy/file.ts'
import { encodeSchema, SCHEMAS } from '../../src/policy/json-schema.ts'
import { parsePolicyDocument } from '../../src/policy/parse.ts'
import { parseYaml } from '../../src/policy/yaml.ts'

const ajv = new Ajv2020.Ajv2020({ strict: false, allErrors: false })
const isValid = ajv.compile(JSON.parse(encodeSchema(SCHEMAS['policy.schema.json'] ?? {})))

/** Every key there is, once. */
const whole = {
  version: 1,
  mode: 'warn',
  instance: 'partner',
  identities: {
    alice: {
      issuer: 'https://a.example',
      subject: 'alice@example.com',
      from: '2026-01-01',
      until: '2027-01-01T00:00:00Z',
    },
    ci: [
      {
        instance: 'other',
        issuerRegExp: 'https://.*',
        subjectRegExp: 'https://ci/.*',
        claims: { repository: 'example/app', runner: { regExp: 'self-.*' }, buildTrigger: 'push' },
      },
    ],
  },
  keys: { web: { ssh: 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIA== web' } },
  groups: { all: ['alice', 'ci'] },
  rules: [
    {
      name: 'main',
      mode: 'enforce',
      kinds: ['commit'],
      refs: ['refs/heads/**'],
      paths: 'src/**',
      parents: 'first',
      start: 'a'.repeat(40),
      authorities: ['all', { signers: ['alice', 'web'], cel: 'object.parents < 3' }],
    },
    { name: 'tags', kinds: 'tag', authorities: [{ signers: 'all', quorum: 2 }] },
  ],
  exemptions: [{ object: 'b'.repeat(64), reason: 'old', until: 'never' }],
  revocations: [{ signers: 'alice', from: '2026-03-01', until: '2026-03-02', reason: 'a stolen laptop' }],
  policy: { authorities: ['alice'] },
}

type Path = readonly (string | number)[]

function pathsOf(value: unknown, path: Path = []): readonly Path[] {
  const inner = typeof value === 'object' && value !== null ? Object.entries(value) : []
  return [path, ...inner.flatMap(([key, each]) => pathsOf(each, [...path, Array.isArray(value) ? Number(key) : key]))]
}

// biome-ignore lint/suspicious/noExplicitAny: members of every depth are changed
type Anything = any

function changed(path: Path, change: (parent: Anything, key: string | number) => void): unknown {
  const copy: Anything = structuredClone({ top: whole })
  const [last = 'top', ...up] = ['top', ...path].reverse()
  change(
    up.reverse().reduce((each, key) => each[key], copy),
    last,
  )
  return copy.top
}

function isRead(document: unknown): boolean {
  try {
    policyFile.read(parseYaml(encodeUtf8(stringify(document, { aliasDuplicateObjects: false }))))
    return true
  } catch (thrown) {
    if (thrown instanceof Fault && thrown.code === 'config') return false
    throw thrown
  }
}

test('a policy with every key is right to both, and means something', () => {
  expect([isRead(whole), isValid(whole)]).toEqual([true, true])
  const mended = { ...whole, rules: whole.rules.slice(0, 1) }
  expect(parsePolicyDocument(encodeUtf8(stringify(mended)), 'p').rules).toHaveLength(1)
})

const VALUES = [
  null,
  true,
  0,
  1,
  2,
  17,
  1.5,
  '',
  'x',
  'never',
  '2026-02-31',
  'refs/heads/x',
  '**',
  'commit',
  'alice',
  [],
  ['x'],
  [1],
  {},
  { a: 1 },
]

test('the schema and the reader agree on policies with one thing changed', () => {
  const path = fc.constantFrom(...pathsOf(whole).slice(1))
  const change = fc.oneof(
    fc.constantFrom(...VALUES).map((value) => (parent: Anything, key: string | number) => {
      parent[key] = value
    }),
    fc.constant((parent: Anything, key: string | number) => {
      if (Array.isArray(parent)) parent.splice(Number(key), 1)
      else delete parent[key]
    }),
    fc
      .constantFrom('issuer', 'subjectRegExp', 'quorum', 'attestations', 'kind', 'openpgp', 'toString', 'until')
      .map((added) => (parent: Anything, key: string | number) => {
        if (typeof parent[key] === 'object' && parent[key] !== null) parent[key][added] = 'x'
      }),
    fc.string({ unit: 'binary', maxLength: 12 }).map((text) => (parent: Anything, key: string | number) => {
      parent[key] = text
    }),
  )
  const counts = { right: 0, wrong: 0 }
  fc.assert(
    fc.property(path, change, (at, by) => {
      const document = changed(at, by)
      const read = isRead(document)
      counts[read ? 'right' : 'wrong']++
      expect({ document, valid: isValid(document) }).toEqual({ document, valid: read })
    }),
    { numRuns: 500 },
  )
  expect(Math.min(counts.right, counts.wrong)).toBeGreaterThan(20)
})

test.each(Object.keys(SCHEMAS))('schema/%s is what the shapes make (scripts/policy-schema --write)', (name) => {
  const written: unknown = JSON.parse(readFileSync(new URL(`../../schema/${name}`, import.meta.url), 'utf8'))
  expect(written).toEqual(JSON.parse(encodeSchema(SCHEMAS[name] ?? {})))
})
