// The documents of record-json.ts, read back: what the shards of a run found becomes records again, which any form can
// show. Strict: what is not exactly what we write is refused, because a verdict must not change on its way.
import { Fault, malformed } from '../errors.ts'
import type { Finding, JudgedRecord, PlaceKind } from '../history/record.ts'
import type { Level, PolicyJudgement } from '../policy/judgement.ts'
import { type JsonObject, jsonObject, objectOf, optionalObject, optionalText, textOf } from '../trust/json.ts'
import type { Facts, LogFacts } from '../verify/facts.ts'
import { CHECKS, type ProvenTime } from '../verify/verdict.ts'
import { optionalTexts, recordOfTexts, textsOf, timeOf, wordOf } from './document.ts'
import type { Person } from './people.ts'

const KINDS: readonly PlaceKind[] = ['commit', 'tag', 'mergetag', 'push certificate']
const LEVELS: readonly Level[] = ['allowed', 'unknown', 'exempt', 'refused']

/** Reads one document of type `record`. Throws `parse`. */
export function parseRecord(document: JsonObject): JudgedRecord {
  const oid = idOf(document, 'object')
  const within = optionalText(document, 'within')
  const refs = optionalTexts(document, 'refs')
  const parents = optionalTexts(document, 'parents')
  const subject = optionalText(document, 'subject')
  const target = optionalObject(document, 'target')
  const person = optionalObject(document, 'person')
  const judgement = optionalObject(document, 'judgement')
  return {
    oid,
    kind: wordOf(document, 'kind', KINDS),
    algorithm: wordOf(document, 'objectFormat', ['sha1', 'sha256'] as const),
    ...(within === undefined ? {} : { within }),
    ...(refs === undefined ? {} : { refs }),
    ...(target === undefined ? {} : { target: { oid: idOf(target, 'oid'), type: textOf(target, 'type') } }),
    ...(parents === undefined ? {} : { parents }),
    ...(person === undefined ? {} : { person: parsePerson(person) }),
    ...(subject === undefined ? {} : { subject }),
    finding: parseFinding(document),
    ...(judgement === undefined ? {} : { judgement: parseJudgement(judgement) }),
  }
}

function idOf(object: JsonObject, name: string): string {
  const id = textOf(object, name)
  if (!/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(id)) throw malformed(object.what, `${name} is no object id`)
  return id
}

function parsePerson(object: JsonObject): Person {
  const role = wordOf(object, 'role', ['committer', 'tagger', 'pusher'] as const)
  return { role, name: textOf(object, 'name'), email: textOf(object, 'email') }
}

function parseJudgement(object: JsonObject): PolicyJudgement {
  const policy = optionalText(object, 'policy')
  const warn = object.fields.get('warn')
  if (warn !== undefined && warn !== true) throw malformed(object.what, 'warn is not true')
  return {
    level: wordOf(object, 'level', LEVELS),
    rule: textOf(object, 'rule'),
    ...(policy === undefined ? {} : { policy }),
    ...(warn === undefined ? {} : { warn }),
  }
}

function parseFinding(document: JsonObject): Finding {
  const state = wordOf(document, 'verdict', ['accepted', 'rejected', 'unsigned', 'foreign', 'fault'] as const)
  if (state === 'accepted') return { state, facts: parseFacts(document) }
  if (state === 'unsigned') return { state }
  if (state === 'foreign') return { state, format: wordOf(document, 'format', ['openpgp', 'ssh'] as const) }
  const why = textOf(document, 'why')
  if (state === 'fault') return { state, code: textOf(document, 'code'), why }
  const certificateId = optionalText(document, 'certificateId')
  return {
    state,
    check: wordOf(document, 'check', CHECKS),
    why,
    ...(certificateId === undefined ? {} : { certificateId }),
  }
}

function parseFacts(document: JsonObject): Facts {
  const certificate = objectOf(document, 'certificate')
  return {
    instance: textOf(document, 'instance'),
    identity: {
      subject: textOf(document, 'identity'),
      type: wordOf(document, 'identityType', ['email', 'uri', 'username'] as const),
      issuer: textOf(document, 'issuer'),
      claims: recordOfTexts(objectOf(document, 'claims')),
    },
    certificate: {
      id: textOf(certificate, 'id'),
      fingerprint: textOf(certificate, 'fingerprint'),
      issuer: textOf(certificate, 'issuer'),
      issuerFingerprint: textOf(certificate, 'issuerFingerprint'),
      serial: textOf(certificate, 'serial'),
      notBefore: timeOf(certificate, 'notBefore'),
      notAfter: timeOf(certificate, 'notAfter'),
    },
    log: parseLog(objectOf(document, 'log')),
    times: parseTimes(document),
    skipped: textsOf(document, 'skipped').map((text) => checkOf(document, text)),
  }
}

function parseLog(object: JsonObject): LogFacts {
  const index = textOf(object, 'index')
  if (!/^\d{1,20}$/.test(index)) throw malformed(object.what, 'index is no number')
  return {
    url: textOf(object, 'url'),
    id: textOf(object, 'id'),
    index,
    kind: textOf(object, 'kind'),
    version: textOf(object, 'version'),
    leafHash: textOf(object, 'leafHash'),
    ...(object.fields.has('integratedTime') ? { integratedTime: timeOf(object, 'integratedTime') } : {}),
    ...(object.fields.has('foundIn') ? { foundIn: wordOf(object, 'foundIn', ['note', 'log'] as const) } : {}),
  }
}

function parseTimes(document: JsonObject): readonly ProvenTime[] {
  const times = document.fields.get('times')
  if (!Array.isArray(times) || times.length === 0) throw malformed(document.what, 'no proven time')
  return times.map((value) => {
    const object = jsonObject(value, `${document.what}: times`)
    const source = wordOf(object, 'source', ['log', 'timestamp'] as const)
    return { source, time: timeOf(object, 'time'), authority: textOf(object, 'authority') }
  })
}

function checkOf({ what }: JsonObject, text: string) {
  const check = CHECKS.find((known) => known === text)
  if (check === undefined) throw new Fault('parse', `${what}: skipped names no check`)
  return check
}
