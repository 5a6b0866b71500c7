// Where reports go: one form to standard output, further ones to files, all of the same run, each a piece at a time.
import { Fault } from '../errors.ts'
import type { JudgedRecord } from '../history/record.ts'
import type { HistorySummary } from '../history/summary.ts'
import { FORM_NAMES, type FormName, type ReportForm, type RunStart } from '../report/form.ts'
import { resolvePath } from '../system/files.ts'
import { type Output, openOutput, openSpool } from '../system/output.ts'
import type { World } from '../system/world.ts'
import { type FlagTable, flagValue, type ParsedFlags } from './flags.ts'

export const REPORT_FLAGS: FlagTable = {
  format: { kind: 'value', value: FORM_NAMES.join('|'), help: 'form of the report on standard output (default brief)' },
  report: { kind: 'list', value: 'FORM=FILE', help: 'a report of this form in a file as well; may be repeated' },
}

/** The reports of one run. Each method is called in its order; `close` in any case. */
export interface Reports {
  start(run: RunStart): void
  record(record: JudgedRecord): void
  /** Throws, with the files whole, where standard output could not be written. */
  end(summary: HistorySummary): void
  /** Lets go of what is open. A report that `end` never reached is cut off, and none of the forms passes for whole then. */
  close(): void
}

/** Characters, and milliseconds, that what is written may wait. */
const MAX_WAITING = 1 << 15
const MAX_DELAY = 100

const LOADERS: Readonly<Record<FormName, () => Promise<() => ReportForm>>> = {
  brief: async () => (await import('../report/history-brief.ts')).createBrief,
  text: async () => (await import('../report/history-text.ts')).createHistoryText,
  json: async () => (await import('../report/history-json.ts')).createHistoryJson,
  jsonl: async () => (await import('../report/jsonl.ts')).createJsonLines,
  sarif: async () => (await import('../report/sarif.ts')).createSarif,
  junit: async () => (await import('../report/junit.ts')).createJunit,
  github: async () => (await import('../report/annotations.ts')).createAnnotations,
  markdown: async () => (await import('../report/markdown.ts')).createMarkdown,
  html: async () => (await import('../report/html.ts')).createHtml,
}

/** Opens what `--format` and `--report` ask for, before anything is verified. Throws `usage` or `io`. */
export async function openReports(world: World, flags: ParsedFlags): Promise<Reports> {
  const format = flagValue(flags, 'format') ?? 'brief'
  const files = (flags.values.get('report') ?? []).map((value) => parseReport(value, world))
  checkOnce(files.map(({ path }) => path))
  const stdout = standardOutput(world, files.length === 0)
  const all: Reports[] = []
  const each = (act: (report: Reports) => void) => {
    for (const report of all) act(report)
  }
  try {
    all.push(await openReport(formOf(format, '--format'), world, stdout))
    for (const { form, path } of files) all.push(await openReport(form, world, openOutput(path)))
  } catch (thrown) {
    each((report) => report.close())
    throw thrown
  }
  return {
    start: (run) => each((report) => report.start(run)),
    record: (record) => each((report) => report.record(record)),
    end(summary) {
      each((report) => report.end(summary))
      stdout.settle()
    },
    close: () => each((report) => report.close()),
  }
}

/** Standard output. Where files are written too, they are finished although nobody reads this one any more. */
function standardOutput(world: Pick<World, 'write'>, isAlone: boolean): Output & { settle(): void } {
  let failed: Fault | undefined
  return {
    write(data) {
      try {
        if (failed === undefined) world.write(1, data)
      } catch (thrown) {
        if (isAlone || !(thrown instanceof Fault)) throw thrown
        failed = thrown
      }
    },
    close: () => undefined,
    /** Throws what was wrong with it. */
    settle() {
      if (failed !== undefined) throw failed
    },
  }
}

function parseReport(value: string, world: World) {
  const equals = value.indexOf('=')
  const [name, file] = equals < 0 ? [value, ''] : [value.slice(0, equals), value.slice(equals + 1)]
  if (file === '') throw new Fault('usage', `--report is written FORM=FILE, not ${JSON.stringify(value)}`)
  return { form: formOf(name, '--report'), path: resolvePath(file, world) }
}

/** Two reports in one file are none: each would write over the other. */
function checkOnce(paths: readonly string[]): void {
  const twice = paths.find((path, at) => paths.indexOf(path) !== at)
  if (twice !== undefined) throw new Fault('usage', `--report: two reports into ${twice}`)
}

function formOf(name: string, flag: string): FormName {
  const form = FORM_NAMES.find((known) => known === name)
  if (form === undefined)
    throw new Fault('usage', `${flag} knows ${FORM_NAMES.join(', ')}, not ${JSON.stringify(name)}`)
  return form
}

async function openReport(name: FormName, world: World, output: Output): Promise<Reports> {
  const form = (await LOADERS[name]())()
  // Totals that stand first are known last: until then the records wait on disk, not in memory.
  const spool = form.top === undefined ? undefined : openSpool()
  const waiting = bufferOf(spool ?? output, world)
  return {
    start: (run) => waiting.write(form.start(run)),
    record: (record) => waiting.write(form.record(record)),
    end(summary) {
      waiting.flush()
      if (spool !== undefined) {
        output.write(form.top?.(summary) ?? '')
        for (const chunk of spool.chunks()) output.write(chunk)
      }
      output.write(form.end(summary))
    },
    close() {
      spool?.close()
      output.close()
    },
  }
}

// Records are quick and small: one write each would cost more than the record. Who reads along waits a moment at most.
function bufferOf(output: Output, world: Pick<World, 'now'>) {
  let [text, since] = ['', world.now()]
  const flush = () => {
    if (text !== '') output.write(text)
    ;[text, since] = ['', world.now()]
  }
  return {
    flush,
    write(more: string) {
      text += more
      if (text.length >= MAX_WAITING || world.now() - since > MAX_DELAY) flush()
    },
  }
}
