// How the sources become ES modules: shared by the build and by the tests that read the bundler's metafile.
import { builtinModules } from 'node:module'
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild'

/** Of everything the Node build and the tests agree on. Chunks are split, so that each door loads only what it needs. */
const shared = {
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node22.22',
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions

const builtins = new Set(builtinModules)

// A CommonJS dependency's require('crypto') becomes an import: no `require` in our chunks, and the metafile names it.
// Two steps, because only a CommonJS module can be its own value (`class X extends require('events')`).
const importBuiltins: Plugin = {
  name: 'import-builtins',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /^(node:)?[a-z_/]+$/ }, ({ path, kind, namespace }) => {
      const name = path.replace(/^node:/, '')
      if (!builtins.has(name)) return undefined
      if (kind !== 'require-call') return { path: `node:${name}`, external: true }
      return { path: name, namespace: namespace === 'required' ? 'imported' : 'required' }
    })
    onLoad({ filter: /.*/, namespace: 'required' }, ({ path }) => ({
      contents: `module.exports = require('${path}').default`,
    }))
    onLoad({ filter: /.*/, namespace: 'imported' }, ({ path }) => ({
      contents: `export { default } from 'node:${path}'`,
    }))
  },
}

/** Writes dist/main.js, dist/index.js and their chunks. */
export async function bundleForNode(entries: Readonly<Record<string, string>>, folder: string): Promise<Metafile> {
  const result = await build({
    ...shared,
    entryPoints: { ...entries },
    outdir: folder,
    chunkNames: 'chunk-[hash]',
    plugins: [importBuiltins],
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
  })
  return result.metafile
}

/** The import graph of the sources alone: packages stay names, and nothing is written. */
export async function graphOf(entries: readonly string[]): Promise<Metafile> {
  const options: BuildOptions = {
    ...shared,
    entryPoints: [...entries],
    packages: 'external',
    outdir: 'dist',
    write: false,
  }
  const result = await build({ ...options, metafile: true })
  return result.metafile
}
