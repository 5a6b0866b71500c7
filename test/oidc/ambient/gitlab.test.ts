import { expect, test } from 'vitest'
import { gitlab } from '../../../src/oidc/ambient/gitlab.ts'
import { freshToken } from '../../support/ambient.ts'
import { faultOf } from '../../support/faults.ts'

test('a job with id_tokens has its token in SIGSTORE_ID_TOKEN', async () => {
  const source = gitlab({ GITLAB_CI: 'true', SIGSTORE_ID_TOKEN: freshToken('sigstore') })
  expect(await source.token('sigstore')).toMatchObject({ source: 'GitLab (SIGSTORE_ID_TOKEN)' })
})

test('a job without it is told which keyword is missing, ready to copy', async () => {
  const fault = await faultOf(gitlab({ GITLAB_CI: 'true' }).token('sigstore'))
  expect(fault.message).toBe('GitLab gave this job no identity token: the keyword id_tokens is missing')
  expect(fault.hint).toBe('add to the job: id_tokens: { SIGSTORE_ID_TOKEN: { aud: sigstore } }')
})

test('elsewhere it is not here', async () => {
  expect(await gitlab({}).token('sigstore')).toBeUndefined()
})
