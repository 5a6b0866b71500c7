// How Fulcio turns a CI token's claims into certificate extensions (its config/identity/config.yaml and docs/oid-info.md).
// Keys are the last arc of 1.3.6.1.4.1.57264.1; `{claim}` stands for that claim's value.
import { Refusal } from './service.ts'

export interface CiProvider {
  /** The subject alternative name, a URI. */
  readonly name: string
  readonly extensions: Readonly<Record<number, string>>
}

/** Claims that a token may lack; their extension is then left out. */
const OPTIONAL = ['environment']

const GITHUB: CiProvider = {
  name: 'https://github.com/{job_workflow_ref}',
  extensions: {
    2: '{event_name}',
    3: '{sha}',
    4: '{workflow}',
    5: '{repository}',
    6: '{ref}',
    9: 'https://github.com/{job_workflow_ref}',
    10: '{job_workflow_sha}',
    11: '{runner_environment}',
    12: 'https://github.com/{repository}',
    13: '{sha}',
    14: '{ref}',
    15: '{repository_id}',
    16: 'https://github.com/{repository_owner}',
    17: '{repository_owner_id}',
    18: 'https://github.com/{workflow_ref}',
    19: '{workflow_sha}',
    20: '{event_name}',
    21: 'https://github.com/{repository}/actions/runs/{run_id}/attempts/{run_attempt}',
    22: '{repository_visibility}',
    23: '{environment}',
  },
}

const GITLAB: CiProvider = {
  name: 'https://{ci_config_ref_uri}',
  extensions: {
    9: 'https://{ci_config_ref_uri}',
    10: '{ci_config_sha}',
    11: '{runner_environment}',
    12: 'https://gitlab.com/{project_path}',
    13: '{sha}',
    14: 'refs/{ref_folder}/{ref}',
    15: '{project_id}',
    16: 'https://gitlab.com/{namespace_path}',
    17: '{namespace_id}',
    18: 'https://{ci_config_ref_uri}',
    19: '{ci_config_sha}',
    20: '{pipeline_source}',
    21: 'https://gitlab.com/{project_path}/-/jobs/{job_id}',
    22: '{project_visibility}',
    23: '{environment}',
  },
}

const BUILDKITE: CiProvider = {
  name: 'https://buildkite.com/{organization_slug}/{pipeline_slug}',
  extensions: {
    11: '{runner_environment}',
    13: '{build_commit}',
    20: '{build_source}',
    21: 'https://buildkite.com/{organization_slug}/{pipeline_slug}/builds/{build_number}#{job_id}',
  },
}

export const CI_PROVIDERS = {
  'github-workflow': GITHUB,
  'gitlab-pipeline': GITLAB,
  'buildkite-job': BUILDKITE,
} as const

/** The template with the claims put in; undefined where an optional claim is absent; refuses a missing one by name. */
export function renderTemplate(template: string, claims: Readonly<Record<string, unknown>>): string | undefined {
  let absent = false
  const rendered = template.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = claimText(name, claims)
    if (value === undefined && !OPTIONAL.includes(name)) throw new Refusal(400, 3, `missing ${name} claim in ID token`)
    absent ||= value === undefined
    return value ?? ''
  })
  return absent ? undefined : rendered
}

function claimText(name: string, claims: Readonly<Record<string, unknown>>): string | undefined {
  if (name === 'ref_folder') return claimText('ref_type', claims) === 'branch' ? 'heads' : 'tags'
  const value = claims[name]
  return (typeof value === 'string' && value !== '') || typeof value === 'number' ? String(value) : undefined
}
