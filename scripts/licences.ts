// The licences of the packages whose code is in the bundle: their terms ask that the notice goes with every copy.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import type { Metafile } from 'esbuild'

export function bundledLicences(metafiles: readonly Metafile[]): string {
  const inputs = metafiles.flatMap((metafile) => Object.keys(metafile.inputs))
  const folders = new Set(inputs.flatMap((path) => packageFolder(path) ?? []))
  const head = 'gitsigil contains code of the packages below, each under its own licence.\n'
  return [head, ...[...folders].sort().map(licenceOf)].join(`\n${'-'.repeat(80)}\n`)
}

function packageFolder(path: string): string | undefined {
  return /^((?:[^:]*\/)?node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]
}

function licenceOf(folder: string): string {
  const about = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8')) as {
    name: string
    version: string
    license?: string
  }
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name))
  const text = file !== undefined && existsSync(`${folder}/${file}`) ? readFileSync(`${folder}/${file}`, 'utf8') : ''
  return `${about.name} ${about.version} (${about.license ?? 'see below'})\n\n${text.trim()}\n`
}
