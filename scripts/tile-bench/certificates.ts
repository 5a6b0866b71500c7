// Leaf certificates as Fulcio makes them, each with its own key: of people, and of workflows with all that they claim.
import { encodeUtf8String } from '../../src/asn1/write.ts'
import { encodeUtf8 } from '../../src/bytes.ts'
import { altNames, type CertificateDraft, type Change, extension, generalName } from '../forge/certificate.ts'
import { forgeLeaf } from '../forge/recipe.ts'
import { newInstance, newKey } from '../history-maker/instance.ts'

const FULCIO = '1.3.6.1.4.1.57264.1'
const ACTIONS = 'https://token.actions.githubusercontent.com'
export const ISSUER = 'https://accounts.example.com'

/**
 * `count` certificates; number n is of `signerN@example.com` or of repository `org/projectN`. Three of four are of workflows.
 */
export function makeCertificates(count: number): readonly Uint8Array[] {
  const instance = newInstance()
  return Array.from({ length: count }, (_, n) =>
    forgeLeaf({ instance, key: newKey(), leaf: n % 4 === 0 ? person(n) : workflow(n) }),
  )
}

function person(n: number): Change<CertificateDraft> {
  return (draft) => ({
    ...draft,
    extensions: [
      ...draft.extensions.slice(0, 4),
      altNames(generalName(1, `signer${n}@example.com`)),
      extension(`${FULCIO}.1`, false, encodeUtf8(ISSUER)),
      extension(`${FULCIO}.8`, false, encodeUtf8String(ISSUER)),
    ],
  })
}

function workflow(n: number): Change<CertificateDraft> {
  const repository = `https://github.com/org/project${n}`
  const path = `${repository}/.github/workflows/release.yml@refs/heads/main`
  const commit = n.toString(16).padStart(40, '0')
  const raw = [ACTIONS, 'push', commit, 'Release', `org/project${n}`, 'refs/heads/main']
  const text = [
    ACTIONS,
    path,
    commit,
    'github-hosted',
    repository,
    commit,
    'refs/heads/main',
    String(100_000_000 + n),
    'https://github.com/org',
    String(10_000_000 + n),
    path,
    commit,
    'push',
    `${repository}/actions/runs/${9_000_000_000 + n}/attempts/1`,
    'public',
  ]
  return (draft) => ({
    ...draft,
    extensions: [
      ...draft.extensions.slice(0, 4),
      altNames(generalName(6, path)),
      ...raw.map((value, i) => extension(`${FULCIO}.${i + 1}`, false, encodeUtf8(value))),
      ...text.map((value, i) => extension(`${FULCIO}.${i + 8}`, false, encodeUtf8String(value))),
    ],
  })
}
