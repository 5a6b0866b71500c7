// Writes src/trust/public-good.json: what the build embeds of the public-good instance.
//
//     scripts/embed-root [SIGNING_CONFIG]
//
// Trusted root and TUF root.json are the seeds that the locked @sigstore/tuf package ships. It ships no signing config:
// give the file signing_config.v0.2.json of the same TUF repository (the PyPI package sigstore has a copy under
// sigstore/_store), else the one already embedded stays.
import { Buffer } from 'node:buffer'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const mirror = 'https://tuf-repo-cdn.sigstore.dev'
const at = (path: string): string => fileURLToPath(new URL(path, import.meta.url))
const target = at('../src/trust/public-good.json')
const seeds = JSON.parse(readFileSync(at('../node_modules/@sigstore/tuf/seeds.json'), 'utf8'))[mirror]
const text = (base64: string): string => Buffer.from(base64, 'base64').toString('utf8')
const [, , file] = process.argv
const signingConfig =
  file === undefined ? JSON.parse(readFileSync(target, 'utf8')).signingConfig : readFileSync(file, 'utf8')

const embedded = {
  mirror,
  date: new Date().toISOString().slice(0, 10),
  source: `@sigstore/tuf ${JSON.parse(readFileSync(at('../node_modules/@sigstore/tuf/package.json'), 'utf8')).version}`,
  trustedRoot: text(seeds.targets['trusted_root.json']),
  signingConfig,
  tufRoot: text(seeds['root.json']),
}
for (const document of [embedded.trustedRoot, embedded.signingConfig, embedded.tufRoot]) JSON.parse(document)
writeFileSync(target, `${JSON.stringify(embedded, null, 2)}\n`)
console.log(`embedded the public-good root of ${embedded.source}`)
