// SARIF 2.1.0 (OASIS), as code scanning reads it: a rule for each way to fail, a result for each signature place that is
// not good. A place has no file and no line, so results point at object ids.
import type { JudgedRecord } from '../history/record.ts'
import type { HistorySummary } from '../history/summary.ts'
import { escapeJson, escapeText } from '../tell.ts'
import type { ReportForm, RunStart } from './form.ts'
import { type Outcome, outcomeOf, RULES, type RuleId } from './outcome.ts'

const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json'
const RULE_IDS = Object.keys(RULES) as readonly RuleId[]

export function createSarif(): ReportForm {
  let separator = '\n'
  return {
    start: (run) => `{"$schema":"${SCHEMA}","version":"2.1.0","runs":[{"tool":${encode(tool(run))},"results":[`,
    record(record) {
      const outcome = outcomeOf(record)
      if (outcome.severity === 'none') return ''
      const text = `${separator}${encode(result(record, outcome, outcome.severity))}`
      separator = ',\n'
      return text
    },
    end: (summary) => `\n],${encode(runMembers(summary)).slice(1, -1)}}]}\n`,
  }
}

function tool({ version }: RunStart): object {
  const rules = RULE_IDS.map((id) => ({ id, shortDescription: { text: RULES[id] } }))
  return { driver: { name: 'gitsigil', version, semanticVersion: version, rules } }
}

function result(record: JudgedRecord, { rule, message }: Outcome, level: 'warning' | 'error'): object {
  const { kind, oid, within, subject } = record
  const what = `${kind} ${oid}${within === undefined ? '' : ` in commit ${within}`}`
  return {
    ruleId: rule,
    ruleIndex: RULE_IDS.indexOf(rule),
    level,
    message: { text: sentence(`${what}: ${message}`) },
    locations: [
      {
        physicalLocation: { artifactLocation: { uri: within ?? oid, uriBaseId: 'OBJECTS' } },
        logicalLocations: [{ name: oid, fullyQualifiedName: `${kind} ${oid}`, kind }],
      },
    ],
    partialFingerprints: { 'placeAndRule/v1': `${within ?? ''}:${oid}:${rule}` },
    ...(subject === undefined ? {} : { properties: { subject: escapeText(subject) } }),
  }
}

// In a message `[text](target)` is a link and `{0}` an argument (SARIF 3.11.5, 3.11.6).
function sentence(text: string): string {
  return escapeText(text)
    .replace(/[\\[\]]/g, (char) => `\\${char}`)
    .replace(/[{}]/g, (char) => char + char)
}

function runMembers(summary: HistorySummary): object {
  const { started, finished, exit, states, levels, range, trust } = summary
  const times = { startTimeUtc: new Date(started).toISOString(), endTimeUtc: new Date(finished).toISOString() }
  return {
    originalUriBaseIds: {
      OBJECTS: { description: { text: 'ids of objects in the Git repository that was verified' } },
    },
    invocations: [{ executionSuccessful: exit === 0 || exit === 1, exitCode: exit, ...times }],
    columnKind: 'utf16CodeUnits',
    properties: { range: escapeText(range), trust, states, levels },
  }
}

function encode(document: object): string {
  return escapeJson(JSON.stringify(document))
}
