// One JSON document for a whole run (schema/history.schema.json), a record a line, written as the records come.
import { escapeJson } from '../tell.ts'
import type { ReportForm } from './form.ts'
import { HISTORY_VERSION, recordDocument, startDocument, summaryDocument } from './record-json.ts'

export function createHistoryJson(): ReportForm {
  let separator = '\n'
  return {
    start: (run) => `{"version":${HISTORY_VERSION},"header":${encode(startDocument(run))},"records":[`,
    record(record) {
      const text = `${separator}${encode(recordDocument(record))}`
      separator = ',\n'
      return text
    },
    end: (summary) => `\n],"summary":${encode(summaryDocument(summary))}}\n`,
  }
}

function encode(document: object): string {
  return escapeJson(JSON.stringify(document))
}
