// A first policy, written for those who have signed so far. It is text, because it is meant to be read and changed.
import { POLICY_PATH } from './parse.ts'

export interface DraftSigner {
  readonly issuer: string
  readonly subject: string
  readonly signatures: number
}

export interface Draft {
  /** Most signatures first. */
  readonly signers: readonly DraftSigner[]
  /** Commits up to here are exempt: set where some have no acceptable signature. */
  readonly start?: string
  /** Signatures of other kinds that were seen. */
  readonly foreign: number
}

export const SCHEMA_URL = 'https://unpkg.com/gitsigil/schema/policy.schema.json'

/** YAML that `parsePolicy` reads, where there is at least one signer. */
export function draftPolicy({ signers, start, foreign }: Draft): string {
  const named = nameEach(signers)
  return [
    `# yaml-language-server: $schema=${SCHEMA_URL}`,
    '# Who may sign what here. gitsigil policy check says it in words; gitsigil policy update has it in force.',
    'version: 1',
    'mode: enforce',
    '',
    'identities:',
    ...named.flatMap(({ name, issuer, subject, signatures }) => [
      `  ${name}: # ${signatures} ${signatures === 1 ? 'signature' : 'signatures'} so far`,
      `    issuer: ${quote(issuer)}`,
      `    subject: ${quote(subject)}`,
    ]),
    '',
    'groups:',
    `  maintainers: [${named.map(({ name }) => name).join(', ')}]`,
    '',
    ...(foreign === 0
      ? []
      : [
          `# ${foreign} OpenPGP or SSH signatures are in the history: name their keys under keys: to have them checked.`,
          '',
        ]),
    'rules:',
    '  - name: everything',
    '    kinds: [commit, tag]',
    ...(start === undefined
      ? []
      : ['    # This commit and those before it are as they are.', `    start: ${quote(start)}`]),
    '    authorities: [maintainers]',
    '',
    `# Who may change ${POLICY_PATH}.`,
    'policy:',
    `  authorities: [maintainers]`,
    '',
  ].join('\n')
}

/** The part before the @, or the last part of a URI, made a name that nobody else has. */
function nameEach(signers: readonly DraftSigner[]): readonly (DraftSigner & { readonly name: string })[] {
  const taken = new Set(['maintainers'])
  return signers.map((signer) => {
    const word = /^[a-z]+:\/\//.test(signer.subject)
      ? signer.subject.replace(/@.*$/, '').split('/').at(-1)
      : signer.subject.split('@')[0]
    const base =
      (word ?? '')
        .replace(/[^A-Za-z0-9._-]+/g, '-')
        .replace(/^[^A-Za-z0-9]+/, '')
        .slice(0, 50) || 'signer'
    let name = base
    for (let number = 2; taken.has(name); number++) name = `${base}-${number}`
    taken.add(name)
    return { ...signer, name }
  })
}

// JSON's strings are YAML's.
function quote(text: string): string {
  return JSON.stringify(text)
}
