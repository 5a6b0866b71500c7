// Configuration becomes what signing and logging in ask: the signing config in force, and the way out to the network.

import { Fault } from '../errors.ts'
import { readBytes, resolvePath } from '../system/files.ts'
import { createHttp, type Http } from '../system/http.ts'
import { parseSigningConfig, type SigningConfig } from '../trust/signing-config.ts'
import { readSigningConfig } from '../trust/store-client.ts'
import { VERSION } from '../version.ts'
import type { Configured } from './assessor.ts'

/** The configured file, else what came with the instance. Throws `config` or `io`. */
export function composeSigningConfig(
  { settings, world, env }: Configured,
  instance: string,
): SigningConfig | undefined {
  if (settings.signingConfig === undefined) return readSigningConfig(env, instance)
  const path = resolvePath(settings.signingConfig, world)
  try {
    return parseSigningConfig(readBytes(path))
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'parse') throw cause
    throw new Fault('config', `signingConfig ${path}: ${cause.message}`, { cause })
  }
}

/** @param budget milliseconds that all requests may take together */
export function composeHttp({ world }: Pick<Configured, 'world'>, budget?: number): Http {
  const limit = budget === undefined ? {} : { budget }
  return createHttp({ userAgent: `gitsigil/${VERSION}`, env: world.env, ...limit })
}
