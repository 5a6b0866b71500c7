// `verify --paranoid` and `verify-bundle --paranoid`: our verdict, and the second opinion's. Where they disagree nothing is
// accepted: one of the two is wrong, and nobody can tell which before somebody has looked.
import { parseArmor } from '../cms/armor.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import type { VerifyOptions } from '../verify/material.ts'
import type { Rejection, Verdict } from '../verify/verdict.ts'
import { askAboutBundle, askSigstoreJs, type Opinion } from './sigstore-js.ts'

/** What a bundle does not show, so that the second opinion cannot differ on it. */
const UNSEEN: readonly string[] = ['format', 'digest']

/** Our verdict where the second opinion agrees, else a rejection. Throws where `verdict` was not made from `armored`. */
export function withSecondOpinion(verdict: Verdict, armored: Uint8Array, options: VerifyOptions): Verdict {
  return reconciled(verdict, () => askSigstoreJs(parseSignedData(parseArmor(armored)), options))
}

/** The same for a bundle that a certificate signed; it needs the artifact itself. */
export function withBundleOpinion(
  verdict: Verdict,
  bundle: Uint8Array,
  artifact: Uint8Array,
  options: VerifyOptions,
): Verdict {
  return reconciled(verdict, () => askAboutBundle(bundle, artifact, options))
}

function reconciled(verdict: Verdict, ask: () => Opinion): Verdict {
  if (!verdict.ok && UNSEEN.includes(verdict.rejection.check)) return verdict
  const rejection = disagreement(verdict, ask())
  return rejection === undefined ? verdict : { ok: false, rejection }
}

function disagreement(verdict: Verdict, opinion: Opinion): Rejection | undefined {
  if (!verdict.ok) {
    if (!opinion.ok) return undefined
    return {
      ...verdict.rejection,
      why: `${verdict.rejection.why}; the verifiers disagree: @sigstore/verify accepts it`,
    }
  }
  const { certificate, identity } = verdict.signer
  if (!opinion.ok)
    return { check: opinion.check, why: `the verifiers disagree: @sigstore/verify says ${opinion.why}`, certificate }
  // It reads a user name as no name at all.
  if (opinion.subject === identity.subject || (opinion.subject === undefined && identity.type === 'username'))
    return undefined
  return { check: 'chain', why: 'the verifiers disagree: @sigstore/verify reads another name', certificate }
}
