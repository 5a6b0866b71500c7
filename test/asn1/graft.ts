// Every way to slip one more element into a DER document: what a reader that does not finish would pass over.
import { Reader } from '../../src/asn1/read.ts'
import { encodeElement, encodeNull } from '../../src/asn1/write.ts'

/** For each constructed element its path (child indices from the root) and the document with a NULL at that element's end. */
export function grafts(der: Uint8Array): readonly (readonly [path: string, der: Uint8Array])[] {
  const element = new Reader(der).readAny()
  if ((element.tag & 0x20) === 0) return []
  const reader = element.reader()
  const children: Uint8Array[] = []
  while (!reader.done) children.push(reader.readAny().bytes)
  const own = ['', encodeElement(element.tag, ...children, encodeNull())] as const
  const below = children.flatMap((child, i) =>
    grafts(child).map(([path, changed]) => {
      const all = children.map((one, k) => (k === i ? changed : one))
      return [path === '' ? `${i}` : `${i}.${path}`, encodeElement(element.tag, ...all)] as const
    }),
  )
  return [own, ...below]
}

/** The paths at which one more element is let in. */
export function loose(der: Uint8Array, parse: (der: Uint8Array) => unknown): readonly string[] {
  return grafts(der)
    .filter(([, changed]) => isTaken(changed, parse))
    .map(([path]) => path)
}

function isTaken(der: Uint8Array, parse: (der: Uint8Array) => unknown): boolean {
  try {
    parse(der)
    return true
  } catch {
    return false
  }
}
