// Before each test file: no configuration of the machine or its user reaches a test, and nothing of a test reaches them. How
// new repositories keep their refs is let through, so that the tests can be run with either form.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'

const folder = mkdtempSync(join(tmpdir(), 'gitsigil-test-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const foreign =
  /^(GIT_|GITSIGN_|GITSIGIL_|SIGSTORE_|TUF_|ACTIONS_ID_TOKEN_|XDG_|SSH_|VSCODE_|WSL_|WAYLAND_DISPLAY$|DISPLAY$|BROWSER$|CI$|NODE_OPTIONS$|NODE_COMPILE_CACHE$|BUN_)/
// Where a CI system or a cloud would give a token.
const platform =
  /^(CI$|GITHUB_ACTIONS$|GITLAB_CI$|BUILDKITE|CIRCLE|SPIFFE_|GCE_METADATA_|GOOGLE_|TF_BUILD$|JENKINS_URL$|NODE_USE_ENV_PROXY$)/
for (const name of Object.keys(process.env))
  if ((foreign.test(name) || platform.test(name)) && name !== 'GIT_DEFAULT_REF_FORMAT') delete process.env[name]

Object.assign(process.env, {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GITSIGIL_TOKEN_FILE: join(folder, 'no-token'),
  NO_GCE_CHECK: 'true',
  XDG_CACHE_HOME: join(folder, 'cache'),
  XDG_CONFIG_HOME: join(folder, 'config'),
  XDG_DATA_HOME: join(folder, 'data'),
  XDG_STATE_HOME: join(folder, 'state'),
  XDG_RUNTIME_DIR: folder,
  // Nobody who runs the tests is asked, and no page opens before them.
  GITSIGIL_CONFIRM_IDENTITY: 'false',
})
