// How the sources become ES modules: shared by the build and by the tests that read the bundler's metafile.
import { readFileSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { resolve } from 'node:path'
import { type BuildOptions, build, type Metafile, type Plugin, transform } from 'esbuild'

const shared = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.22',
  // Native code stays beside the bundle; the standalone build embeds it by the same paths.
  external: ['@github/keytar/*'],
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions

/** What Git's question for a verdict starts with; all that they import comes in one chunk (see `keepTogether`). */
const HOT = ['src/gpg/door.ts', 'src/gpg/verify.ts']

/** Doors that must not wait for that chunk. */
const LIGHT = new Set(['src/cli/main.ts', 'src/cli/version.ts', 'src/cli/help.ts'])

/** Writes the program (dist/main.js and its chunks) or the library (dist/index.js, dist/clients.js and theirs). */
export async function bundleForNode(
  name: string,
  entry: string,
  folder: string,
  { more = {}, digest }: { readonly more?: Readonly<Record<string, string>>; readonly digest: string },
): Promise<Metafile> {
  const graph = await graphOf([entry, ...HOT])
  const result = await build({
    ...shared,
    entryPoints: { [name]: entry, ...more },
    outdir: folder,
    chunkNames: `${name}-[hash]`,
    define: { SOURCE_DIGEST: JSON.stringify(digest) },
    plugins: name === 'main' ? [askForBuiltins, keepNames, keepTogether(graph)] : [askForBuiltins],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
  })
  return result.metafile
}

/** The import graph of the sources alone: packages stay names, and nothing is written. */
export async function graphOf(entries: readonly string[]): Promise<Metafile> {
  const result = await build({
    ...shared,
    entryPoints: [...entries],
    packages: 'external',
    outdir: 'dist',
    write: false,
  })
  return result.metafile
}

const builtins = new Set(builtinModules)

// `import 'node:fs'` costs 2 ms of start-up where `process.getBuiltinModule` costs nothing: Node fills the module's
// namespace by calling every getter, which loads streams. A CommonJS package's require('crypto') is served by the same.
const askForBuiltins: Plugin = {
  name: 'ask-for-builtins',
  setup({ onResolve, onLoad }) {
    // One wrapper for each importer: a shared one would become a chunk of its own.
    onResolve({ filter: /^(node:)?[a-z\d_/]+$/ }, ({ path, kind, importer }) => {
      const name = path.replace(/^node:/, '')
      if (!builtins.has(name)) return undefined
      if (kind === 'dynamic-import') return { path: `node:${name}`, external: true }
      return { path: name, namespace: kind === 'require-call' ? 'required' : 'node', suffix: `?${importer}` }
    })
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({ contents: `module.exports = ${asked(path)}` }))
    onLoad({ filter: /.*/, namespace: 'node' }, ({ path }) => ({ contents: namesOf(path) }))
  },
}

function asked(name: string): string {
  return `process.getBuiltinModule('node:${name}')`
}

// Each name by itself, so that those nobody imports are dropped, their getters unread.
function namesOf(name: string): string {
  const names = Object.keys(process.getBuiltinModule(`node:${name}`) ?? {}).filter((each) => /^[a-zA-Z]\w*$/.test(each))
  const lines = names
    .filter((each) => each !== 'default')
    .map((each) => `export const ${each} = /* @__PURE__ */ (() => all.${each})()`)
  return [`const all = ${asked(name)}`, 'export default all', ...lines].join('\n')
}

// oidc-provider finds settings and what it has stored by the names of its classes, which minified syntax drops.
const keepNames: Plugin = {
  name: 'keep-names',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]oidc-provider[\\/]lib[\\/].*\.js$/ }, async ({ path }) => {
      const { code } = await transform(readFileSync(path, 'utf8'), { keepNames: true, target: shared.target })
      return { contents: code }
    })
  },
}

// Files that are reached by the same entries share a chunk. So each dynamic import's target imports the whole hot path,
// which it needs anyway, and the twenty chunks of a verification become a handful.
function keepTogether(graph: Metafile): Plugin {
  const hot = staticClosure(graph, HOT).map((path) => `\nimport ${JSON.stringify(resolve(path))}`)
  const targets = new Set(
    Object.values(graph.inputs)
      .flatMap(({ imports }) => imports.filter(({ kind, external }) => kind === 'dynamic-import' && !external))
      .map(({ path }) => path)
      .filter((path) => !LIGHT.has(path))
      .map((path) => resolve(path)),
  )
  return {
    name: 'keep-together',
    setup({ onLoad }) {
      onLoad({ filter: /\.ts$/ }, ({ path }) => {
        if (!targets.has(path)) return undefined
        return { contents: readFileSync(path, 'utf8') + hot.join(''), loader: 'ts' }
      })
    },
  }
}

function staticClosure(graph: Metafile, entries: readonly string[]): readonly string[] {
  const seen = new Set(entries)
  for (const path of seen)
    for (const { path: next, kind, external } of graph.inputs[path]?.imports ?? [])
      if (kind === 'import-statement' && !external && next.endsWith('.ts')) seen.add(next)
  return [...seen]
}
