// What `resign` planned and did, as one JSON document (schema/resign.schema.json).
import { REPORT_VERSION } from '../report/json.ts'
import type { Step } from '../resign/plan.ts'
import type { Prepared, Resigned } from './resign-plan.ts'
import { reasonOf } from './resign-report.ts'

/** @param done undefined where nothing was changed */
export function resignDocument({ range, branch, plan, published, staying }: Prepared, done?: Resigned): object {
  const made = new Map(done?.made.map(({ commit, oid }) => [commit.oid, oid]))
  return {
    version: REPORT_VERSION,
    range,
    ref: branch.ref,
    before: branch.oid,
    after: made.get(branch.oid) ?? null,
    signers: done?.signers ?? [],
    steps: plan.steps.map((step) => stepMember(step, made.get(step.commit.oid))),
    published,
    staying,
    notes: { carried: done?.notes?.carried ?? [], left: done?.notes?.left ?? [] },
  }
}

function stepMember({ commit, action }: Step, after: string | undefined): object {
  const { oid, subject, people, isOwn, state } = commit
  return {
    object: oid,
    action,
    why: reasonOf(commit, action),
    state: state.name,
    subject,
    people,
    isOwn,
    after: after ?? null,
  }
}
