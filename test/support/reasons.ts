// Every sentence that a rejection can be made of, read from the sources themselves: what `malformed` is called with, and
// each other text of several words. A value put into a text stands as `*`.
import { transformSync } from 'esbuild'
import { parseAst } from 'vitest/node'

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

export interface Template {
  readonly file: string
  /** With `*` for what is put in. */
  readonly text: string
}

/** The templates of one TypeScript source, each once. */
export function templatesOf(file: string, source: string): readonly Template[] {
  const { code } = transformSync(source, { loader: 'ts', format: 'esm' })
  const program = parseAst(code) as unknown as Node
  const names = constantsOf(program)
  const found = new Set<string>()
  visit(program, names, found)
  return [...found].map((text) => ({ file, text }))
}

/** Whether a reason is made of this template. */
export function isMadeOf(reason: string, { text }: Template): boolean {
  const parts = text.split('*').map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  return new RegExp(`(^|; |: )${parts.join('.*')}($|; )`, 's').test(reason)
}

function visit(node: Node, names: ReadonlyMap<string, string>, found: Set<string>): void {
  if (node.type === 'ImportDeclaration') return
  if (isCallOf(node, 'malformed')) {
    const [what, why] = node['arguments'] as readonly Node[]
    for (const left of textsOf(what, names)) for (const right of textsOf(why, names)) found.add(`${left}: ${right}`)
    return
  }
  if (node.type === 'Literal' || node.type === 'TemplateLiteral')
    for (const text of textsOf(node, names))
      if (/[a-z] |[a-z]$/.test(text) && /\w \w|\w \*|\* \w/.test(text)) found.add(text)
  for (const child of childrenOf(node)) visit(child, names, found)
}

/** What a text may be: several where it depends on a condition, `*` where it is not known here. */
function textsOf(node: Node | undefined, names: ReadonlyMap<string, string>): readonly string[] {
  if (node?.type === 'Literal' && typeof node['value'] === 'string') return [node['value']]
  if (node?.type === 'Identifier') return [names.get(String(node['name'])) ?? '*']
  if (node?.type === 'ConditionalExpression')
    return [...textsOf(node['consequent'] as Node, names), ...textsOf(node['alternate'] as Node, names)]
  if (node?.type !== 'TemplateLiteral') return ['*']
  const quasis = node['quasis'] as readonly { readonly value: { readonly cooked: string } }[]
  const values = (node['expressions'] as readonly Node[]).map((one) => textsOf(one, names))
  return quasis.reduce<readonly string[]>(
    (texts, { value }, i) =>
      texts.flatMap((text) => (i === 0 ? [''] : (values[i - 1] ?? [])).map((one) => `${text}${one}${value.cooked}`)),
    [''],
  )
}

/** Constants of the file that are texts. */
function constantsOf(program: Node): ReadonlyMap<string, string> {
  const declarations = (program['body'] as readonly Node[]).flatMap((node) =>
    node.type === 'VariableDeclaration' ? (node['declarations'] as readonly Node[]) : [],
  )
  return new Map(
    declarations.flatMap(({ id, init }) => {
      const value = (init as Node | null)?.['value']
      return typeof value === 'string' ? [[String((id as Node)['name']), value] as const] : []
    }),
  )
}

function isCallOf(node: Node, name: string): boolean {
  return node.type === 'CallExpression' && (node['callee'] as Node)['name'] === name
}

function childrenOf(node: Node): readonly Node[] {
  return Object.values(node)
    .flat()
    .filter((value): value is Node => typeof value === 'object' && value !== null && 'type' in value)
}
