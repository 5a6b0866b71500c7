// `.gitsigil/policy.yaml` from bytes to a policy. Strict: what is not understood is a fault, never left out.
import type { PolicyDocument } from './document.ts'
import { policyFile } from './file.ts'
import { atSource } from './node.ts'
import { type Policy, preparePolicy } from './prepare.ts'
import { readPolicyFile } from './read.ts'
import { parseYaml } from './yaml.ts'

/** Where a repository keeps its policy. */
export const POLICY_PATH = '.gitsigil/policy.yaml'

/** Reads a policy file as plain data. Throws `config` with `source` and the line. */
export function parsePolicyDocument(bytes: Uint8Array, source: string): PolicyDocument {
  return atSource(source, () => readPolicyFile(policyFile.read(parseYaml(bytes)), source))
}

/**
 * Reads a policy that is ready to judge.
 * @param standard the repository's default instance, which identities belong to where the policy names none
 * @throws `config` with `source` and the line
 */
export async function parsePolicy(bytes: Uint8Array, source: string, standard: string): Promise<Policy> {
  return await preparePolicy(parsePolicyDocument(bytes, source), standard)
}
