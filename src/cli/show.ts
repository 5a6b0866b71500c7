// `show [REV]`: what a commit and its signature say, as the in-toto statement that gitsign prints. Nothing is verified.
import { decodeUtf8, toBase64 } from '../bytes.ts'
import { parseArmor } from '../cms/armor.ts'
import { parseSignedData } from '../cms/signed-data.ts'
import { Fault } from '../errors.ts'
import { REPORT_VERSION } from '../report/json.ts'
import { runGit } from '../system/git.ts'
import type { World } from '../system/world.ts'
import { escapeJson } from '../tell.ts'
import { encodePem } from '../x509/pem.ts'
import { commitMember } from './commit-member.ts'
import { type FlagTable, flagValue, isSet, parseFlags } from './flags.ts'
import { readSigned, type SignedObject } from './signed-object.ts'

export const SHOW_FLAGS: FlagTable = {
  remote: { kind: 'value', short: 'r', value: 'NAME', help: "remote whose URL is the subject's name (default origin)" },
  json: { kind: 'switch', help: 'the statement inside a document with object, kind and version' },
}

const PREDICATE_TYPE = 'https://gitsign.sigstore.dev/predicate/git/v0.1'

export async function showCommand(world: World, args: readonly string[]): Promise<number> {
  const flags = parseFlags(args, SHOW_FLAGS)
  const [rev = 'HEAD', ...more] = flags.operands
  if (more.length > 0) throw new Fault('usage', 'one revision at a time')
  const signed = await readSigned(world, `${rev}^{commit}`, false)
  const statement = statementOf(signed, await readRemote(world, flagValue(flags, 'remote') ?? 'origin'))
  const { object, kind, algorithm: objectFormat } = signed.subject
  const document = { version: REPORT_VERSION, object, kind, objectFormat, verdict: 'not verified', statement }
  world.write(1, `${escapeJson(JSON.stringify(isSet(flags, 'json') ? document : statement, null, 2))}\n`)
  return 0
}

function statementOf({ subject, split }: SignedObject, name: string) {
  const signature = split.signature === undefined ? '' : decodeUtf8(split.signature, 'signature')
  return {
    _type: 'https://in-toto.io/Statement/v0.1',
    predicateType: PREDICATE_TYPE,
    subject: [{ name, digest: { [subject.algorithm]: subject.object } }],
    predicate: {
      source: commitMember(split.payload),
      ...(signature === '' ? {} : { signature }),
      ...(split.format === 'x509' && split.signature !== undefined ? signerMember(split.signature) : {}),
    },
  }
}

// gitsign's name: the certificate and the signed attributes, from which anybody can check the signature.
function signerMember(armored: Uint8Array) {
  const signed = parseSignedData(parseArmor(armored))
  const certificate = encodePem('CERTIFICATE', signed.signer.bytes)
  return { signer_info: [{ attributes: toBase64(signed.signedAttributes), certificate }] }
}

/** The first URL of a remote, without the password that some hold; empty where there is none. */
async function readRemote(world: World, remote: string): Promise<string> {
  const { status, stdout } = await runGit(world, ['config', '-z', '--get-all', `remote.${remote}.url`])
  const url = status === 0 ? (new TextDecoder().decode(stdout).split('\0')[0] ?? '') : ''
  return url.replace(/\/\/[^/@]*:[^/@]*@/, '//')
}
