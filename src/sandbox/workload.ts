// Claims of CI jobs that never ran, in the form GitHub Actions and GitLab give them, for tokens minted by hand.
import { toHex } from '../bytes.ts'
import { sha256 } from './authority.ts'
import type { TokenRequest } from './issuer.ts'

/** A push to `ref` of `OWNER/REPO` that ran `.github/workflows/release.yml`. */
export function githubWorkflow(repository: string, ref: string): TokenRequest {
  const [owner = ''] = repository.split('/')
  const workflowRef = `${repository}/.github/workflows/release.yml@${ref}`
  const sha = digest(`${repository}@${ref}`)
  const claims = {
    sub: `repo:${repository}:ref:${ref}`,
    actor: owner,
    event_name: 'push',
    job_workflow_ref: workflowRef,
    job_workflow_sha: sha,
    ref,
    ref_type: refType(ref),
    repository,
    repository_id: number(repository),
    repository_owner: owner,
    repository_owner_id: number(owner),
    repository_visibility: 'public',
    run_attempt: '1',
    run_id: number(sha),
    run_number: '1',
    runner_environment: 'github-hosted',
    sha,
    workflow: 'release',
    workflow_ref: workflowRef,
    workflow_sha: sha,
  }
  return { folder: 'github', claims }
}

/** A push to `ref` of `GROUP/PROJECT`. */
export function gitlabPipeline(project: string, ref: string): TokenRequest {
  const namespace = project.split('/').slice(0, -1).join('/')
  const name = ref.replace(/^refs\/(heads|tags)\//, '')
  const sha = digest(`${project}@${ref}`)
  const claims = {
    sub: `project_path:${project}:ref_type:${refType(ref)}:ref:${name}`,
    ci_config_ref_uri: `gitlab.com/${project}//.gitlab-ci.yml@${ref}`,
    ci_config_sha: sha,
    job_id: number(sha),
    namespace_id: number(namespace),
    namespace_path: namespace,
    pipeline_id: number(`${sha}pipeline`),
    pipeline_source: 'push',
    project_id: number(project),
    project_path: project,
    project_visibility: 'public',
    ref: name,
    ref_type: refType(ref),
    runner_environment: 'gitlab-hosted',
    runner_id: 1,
    sha,
  }
  return { folder: 'gitlab', claims }
}

function refType(ref: string): 'branch' | 'tag' {
  return ref.startsWith('refs/tags/') ? 'tag' : 'branch'
}

/** Looks like a commit, and is the same each time. */
function digest(text: string): string {
  return toHex(sha256(new TextEncoder().encode(text))).slice(0, 40)
}

function number(text: string): string {
  return String(Number.parseInt(digest(text).slice(0, 8), 16))
}
