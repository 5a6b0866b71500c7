// JSON lines: the run, a line for each record as it is found, and the summary. A file whose last line is no summary was
// cut off, and nobody may take it for a whole one.
import { escapeJson } from '../tell.ts'
import type { ReportForm } from './form.ts'
import { recordDocument, startDocument, summaryDocument } from './record-json.ts'

export function createJsonLines(): ReportForm {
  return {
    start: (run) => encodeLine(startDocument(run)),
    record: (record) => encodeLine(recordDocument(record)),
    end: (summary) => encodeLine(summaryDocument(summary)),
  }
}

function encodeLine(document: object): string {
  return `${escapeJson(JSON.stringify(document))}\n`
}
