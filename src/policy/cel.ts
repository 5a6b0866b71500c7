// CEL expressions (cel.dev) over a documented input (`CEL_VARIABLES`). Bounded: a short text, known functions alone, no
// loop within a loop, so that one takes no longer than its input is. Regular expressions in it are RE2.
import { celEnv, isCelError, parse, plan } from '@bufbuild/cel'

/** What an expression may speak of. */
export const CEL_VARIABLES: readonly string[] = ['signer', 'object', 'times', 'paths', 'endorsements']

const OPERATORS = '_&&_ _||_ !_ _==_ _!=_ _<_ _<=_ _>_ _>=_ _+_ _-_ _*_ _/_ _%_ -_ _?_:_ _[_] @in @not_strictly_false'
const FUNCTIONS = 'size startsWith endsWith contains matches int string timestamp duration'
const DATES = 'getFullYear getMonth getDate getDayOfMonth getDayOfWeek getDayOfYear getHours getMinutes'
const KNOWN: ReadonlySet<string> = new Set(`${OPERATORS} ${FUNCTIONS} ${DATES}`.split(' '))

/**
 * Compiles an expression; what it gives is true or false, or throws an error that says why there is no answer.
 * @throws an error for what is not CEL, or is not allowed in a policy
 */
export function compileCel(source: string): (input: object) => boolean {
  const parsed = parse(source)
  check(parsed.expr, new Set(CEL_VARIABLES), false)
  const run = plan(celEnv(), parsed)
  return (input) => {
    const answer = run(input as Record<string, never>)
    if (isCelError(answer)) throw new Error(answer.message)
    if (typeof answer !== 'boolean') throw new Error('it is neither true nor false')
    return answer
  }
}

// The syntax tree is made of records whose kinds have names; what is of no interest is gone through all the same.
function check(node: unknown, names: ReadonlySet<string>, inLoop: boolean): void {
  if (Array.isArray(node)) for (const each of node) check(each, names, inLoop)
  if (typeof node !== 'object' || node === null || Array.isArray(node)) return
  const { case: kind, value } = node as { readonly case?: unknown; readonly value?: unknown }
  if (kind === 'comprehensionExpr') checkLoop(value, names, inLoop)
  else {
    if (kind === 'identExpr') checkName(memberOf(value, 'name'), names)
    if (kind === 'callExpr') checkFunction(memberOf(value, 'function'))
    if (kind === 'structExpr' && memberOf(value, 'messageName') !== '') throw new Error('a message in an expression')
    for (const each of Object.values(node)) check(each, names, inLoop)
  }
}

function checkLoop(loop: unknown, names: ReadonlySet<string>, inLoop: boolean): void {
  if (inLoop) throw new Error('a loop within a loop (all, exists, map, filter)')
  const own = ['iterVar', 'iterVar2', 'accuVar'].map((name) => memberOf(loop, name))
  check(Object.values(loop as object), new Set([...names, ...own]), true)
}

function checkName(name: string, names: ReadonlySet<string>): void {
  if (!names.has(name))
    throw new Error(`nothing is named ${name} in an expression: there are ${CEL_VARIABLES.join(', ')}`)
}

function checkFunction(name: string): void {
  if (!KNOWN.has(name)) throw new Error(`no function ${name} in an expression: there are ${FUNCTIONS} ${DATES}`)
}

function memberOf(value: unknown, name: string): string {
  const found = (value as Readonly<Record<string, unknown>> | null)?.[name]
  return typeof found === 'string' ? found : ''
}
