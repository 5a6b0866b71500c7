// What the doctor says.
import type { Finding } from '../doctor/finding.ts'
import { escapeJson, escapeText } from '../tell.ts'

export function doctorText(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ name }) => name.length))
  const lines = findings.flatMap(({ level, name, text, hint }) => [
    `${level.padEnd(4)}  ${name.padEnd(width)}  ${escapeText(text)}`,
    ...(hint === undefined ? [] : [`${' '.repeat(width + 8)}-> ${escapeText(hint)}`]),
  ])
  return [...lines, summary(findings), ''].join('\n')
}

export function doctorJson(findings: readonly Finding[]): string {
  const healthy = !findings.some(({ level }) => level === 'fail')
  return `${escapeJson(JSON.stringify({ version: 1, healthy, findings }))}\n`
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Finding['level']) => findings.filter(({ level }) => level === wanted).length
  const [failures, warnings] = [count('fail'), count('warn')]
  if (failures > 0) return `${number(failures, 'thing')} will not work, ${number(warnings, 'warning')}`
  return warnings > 0 ? `all works, ${number(warnings, 'warning')}` : 'all is well'
}

function number(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`
}
