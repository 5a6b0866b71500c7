// The public-good instance as it was on the day of embedding: trusted root, signing config, and the TUF root.json that a
// refresh starts from. Texts in public-good.json, made by scripts/embed-root; each is parsed on first use.
import { encodeUtf8 } from '../bytes.ts'
import embedded from './public-good.json' with { type: 'json' }
import type { TrustedRoot } from './root.ts'
import { parseTrustedRoot } from './root-json.ts'
import { parseSigningConfig, type SigningConfig } from './signing-config.ts'

/** Where the public-good TUF repository is. */
export const PUBLIC_GOOD_MIRROR: string = embedded.mirror

/** The day of embedding, in milliseconds since 1970: the embedded root's age counts from here. */
export const PUBLIC_GOOD_DATE: number = Date.parse(embedded.date)

let root: TrustedRoot | undefined
let config: SigningConfig | undefined

export function publicGoodRoot(): TrustedRoot {
  root ??= parseTrustedRoot(publicGoodRootBytes())
  return root
}

export function publicGoodSigningConfig(): SigningConfig {
  config ??= parseSigningConfig(publicGoodSigningConfigBytes())
  return config
}

/** trusted_root.json, byte for byte. */
export function publicGoodRootBytes(): Uint8Array {
  return encodeUtf8(embedded.trustedRoot)
}

/** signing_config.v0.2.json, byte for byte. */
export function publicGoodSigningConfigBytes(): Uint8Array {
  return encodeUtf8(embedded.signingConfig)
}

/** TUF root.json, byte for byte. */
export function publicGoodTufRoot(): Uint8Array {
  return encodeUtf8(embedded.tufRoot)
}
