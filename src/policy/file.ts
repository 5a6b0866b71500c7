// The shape of `.gitsigil/policy.yaml`: each key, once. schema/policy.schema.json is made from it.
import { CLAIM_NAMES } from './claims.ts'
import { recordOf } from './record.ts'
import { count, listOf, mapOf, oneOf, type ReadBy, reserved, scalarOr, someOf, text } from './shape.ts'

const NAME = { what: 'a name of letters, digits, dots and dashes', pattern: '^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$' }
const name = text(NAME)
/** Text of the author's own. */
export const line = text({ what: 'one line of text', pattern: '^[^\\u0000-\\u001f]{1,4096}$' })
const regExp = text({
  what: 'an RE2 regular expression, which matches the whole text',
  pattern: '^[^\\u0000-\\u001f]{1,1024}$',
})
const instance = text({ what: 'the name of a trust instance', pattern: '^[a-z0-9][a-z0-9-]{0,63}$' })
export const time = text({
  what: 'a time in UTC like 2026-01-31 or 2026-01-31T12:00:00Z',
  pattern: '^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$',
})
const never = text({
  what: 'a time like 2026-01-31, or never',
  pattern: `^never$|${'^[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9]{2}:[0-9]{2}:[0-9]{2}Z)?$'}`,
})
const objectId = text({
  what: 'a full object id, in quotes where it has digits alone',
  pattern: '^(?:[0-9a-f]{40}|[0-9a-f]{64})$',
})
const ref = text({
  what: 'a pattern of full ref names, like refs/heads/* or **',
  pattern: '^(?:\\*\\*|refs/[^\\u0000-\\u0020\\u007f~^:\\\\[\\]{}!]{1,1000})$',
})
const path = text({
  what: 'a pattern of paths, like src/** (no leading or trailing /)',
  pattern: '^(?!/)[^\\u0000-\\u001f\\u007f\\\\[\\]{}!]{0,1000}[^\\u0000-\\u001f\\u007f\\\\[\\]{}!/]$',
})

const claim = scalarOr(line, recordOf({ regExp }, {}))
const claims = recordOf({}, Object.fromEntries(CLAIM_NAMES.map((each) => [each, claim] as const)), {
  description: 'what the certificate says of a workload',
})

const identity = recordOf(
  {},
  {
    instance,
    issuer: text({ what: 'the URL of an OIDC issuer', pattern: '^https?://[^\\u0000-\\u0020\\u007f]{1,2048}$' }),
    issuerRegExp: regExp,
    subject: line,
    subjectRegExp: regExp,
    claims,
    from: time,
    until: time,
  },
  {
    exactlyOne: [
      ['issuer', 'issuerRegExp'],
      ['subject', 'subjectRegExp'],
    ],
  },
)

const key = recordOf(
  {},
  {
    openpgp: text({
      what: 'an armored OpenPGP public key',
      pattern: '^-----BEGIN PGP PUBLIC KEY BLOCK-----\\r?\\n[\\x20-\\x7e\\r\\n]{1,65536}$',
    }),
    ssh: text({
      what: 'a line of an SSH public key file',
      pattern: '^(?:ssh|ecdsa|sk-ssh|sk-ecdsa)-[A-Za-z0-9@.-]{1,64} [A-Za-z0-9+/=]{1,8192}(?: [\\x20-\\x7e]{0,256})?$',
    }),
  },
  { exactlyOne: [['openpgp', 'ssh']] },
)

const attestations = reserved('requirements of attestations')
const authority = scalarOr(
  name,
  recordOf(
    { signers: someOf(name) },
    {
      quorum: count(1, 16),
      cel: text({ what: 'a CEL expression of at most 1024 characters', pattern: '^[\\t\\r\\n\\x20-\\x7e]{1,1024}$' }),
      attestations,
    },
  ),
)

const rule = recordOf(
  { name, authorities: listOf(authority) },
  {
    mode: oneOf('enforce', 'warn'),
    kinds: someOf(oneOf('commit', 'tag', 'push')),
    refs: someOf(ref),
    paths: someOf(path),
    parents: oneOf('all', 'first'),
    start: someOf(objectId),
    attestations,
  },
)

const exemption = recordOf({ object: objectId, reason: line, until: never }, {})
const revocation = recordOf({ signers: someOf(name), reason: line }, { from: time, until: time })
const witnesses = recordOf(
  {
    keys: listOf(
      text({
        what: 'the key of a witness, NAME+ID+KEY (a vkey)',
        pattern: '^[^\\u0000-\\u0020\\u007f+]{1,255}\\+[0-9a-f]{8}\\+[A-Za-z0-9+/]{1,128}={0,2}$',
      }),
    ),
    quorum: count(1, 16),
  },
  { origins: someOf(line) },
  { description: 'who must have cosigned the checkpoint of a log that is monitored' },
)

/** The whole file. */
export const policyFile = recordOf(
  { version: oneOf(1), rules: listOf(rule), policy: recordOf({ authorities: listOf(authority) }, {}) },
  {
    mode: oneOf('enforce', 'warn'),
    instance,
    identities: mapOf(NAME, someOf(identity)),
    keys: mapOf(NAME, key),
    groups: mapOf(NAME, listOf(name)),
    exemptions: listOf(exemption),
    revocations: listOf(revocation),
    witnesses,
  },
)

export type PolicyFile = ReadBy<typeof policyFile>
export type IdentityText = ReadBy<typeof identity>
export type AuthorityText = ReadBy<typeof authority>
export type RuleText = ReadBy<typeof rule>
export type ClaimText = ReadBy<typeof claim>
export type WitnessesText = ReadBy<typeof witnesses>
