// The hooks there are, and what Git gives each (githooks(5)).

/** `refuse`: what they do not let pass does not happen; `warn`: it has happened already, and is told. */
export type HookKind = 'refuse' | 'warn'

export interface Hook {
  readonly kind: HookKind
  /** Git writes the updates to its standard input. */
  readonly reads: boolean
  readonly about: string
}

export const HOOKS = {
  'pre-receive': {
    kind: 'refuse',
    reads: true,
    about: 'on a server: judges a push as a whole before anything of it stays',
  },
  update: {
    kind: 'refuse',
    reads: false,
    about: 'on a server without pre-receive: judges one ref; the objects of a refused push stay',
  },
  'pre-push': { kind: 'refuse', reads: true, about: 'judges what leaves for another repository' },
  'post-merge': { kind: 'warn', reads: false, about: 'warns of what a merge or pull brought' },
  'post-checkout': { kind: 'warn', reads: false, about: 'warns of the commit that was checked out' },
} as const satisfies Readonly<Record<string, Hook>>

export type HookName = keyof typeof HOOKS

export function isHookName(name: string): name is HookName {
  return Object.hasOwn(HOOKS, name)
}

/** What belongs where nobody says it: the gate of a server, or of somebody's clone. */
export function usualHooks(isBare: boolean): readonly HookName[] {
  return isBare ? ['pre-receive'] : ['pre-push', 'post-merge']
}
