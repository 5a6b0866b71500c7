// By what a sandbox is known where nothing says that it is one.
import { isLoopback } from '../system/http-url.ts'
import type { Instance } from './instance.ts'
import type { TrustedRoot } from './root.ts'

/** Whether one of its CAs is on this machine, as a sandbox's are. Read from the trusted root; nobody is asked. */
export function isIssuedHere({ authorities }: TrustedRoot): boolean {
  return authorities.some(({ uri }) => isHere(uri))
}

/** Whether a URL leads to this machine. */
export function isHere(url: string): boolean {
  return URL.canParse(url) && isLoopback(new URL(url))
}

/** Also one whose trusted root was given as files, which keep no record. For what is told; it decides nothing. */
export function isSandbox({ sandbox, source, trust }: Instance): boolean {
  return sandbox || ((source === 'file' || source === 'pem') && isIssuedHere(trust))
}
