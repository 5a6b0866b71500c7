// The Sigstore client conformance cases through the program, with the suite's own arguments: each build, by path and by
// digest. Bad ones must fail at the check that their README names; test/support/conformance.ts lists it.
import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { describe, expect, test } from 'vitest'
import { builds } from '../support/builds.ts'
import { type ConformanceCase, readConformance } from '../support/conformance.ts'
import { runProgram } from '../support/repository.ts'
import { hasShared } from '../support/shared.ts'

function argumentsOf(one: ConformanceCase, artifact: string): readonly string[] {
  const signer =
    one.key === undefined
      ? ['--certificate-identity', one.identity, '--certificate-oidc-issuer', one.issuer]
      : ['--key', one.key]
  const trust = one.trustedRoot === undefined ? [] : ['--trusted-root', one.trustedRoot]
  return ['verify-bundle', '--bundle', one.bundle, ...signer, ...trust, artifact]
}

function expected({ fails }: ConformanceCase) {
  if (fails === undefined) return { status: 0, stderr: '', stdout: expect.stringContaining('Good signature') }
  if (fails === 'key') return { status: 2, stdout: '', stderr: expect.stringContaining('error: key ') }
  return { status: 1, stdout: '', stderr: expect.stringContaining(`error: signature not accepted (${fails}): `) }
}

describe.skipIf(!hasShared).each(builds)('conformance, $name', ({ command }) => {
  test.each(readConformance())('$name, by path and by digest', async (one) => {
    const digest = createHash('sha256').update(readFileSync(one.artifact)).digest('hex')
    for (const artifact of [one.artifact, `sha256:${digest}`]) {
      const { status, stdout, stderr } = await runProgram([...command, ...argumentsOf(one, artifact)], {
        cwd: tmpdir(),
      })
      expect({ status, stdout, stderr }).toEqual(expected(one))
    }
  })
})
