// What a token service answers: JSON with the token in one field. Nothing of the answer is quoted, it may be the token.
import { decodeUtf8 } from '../../bytes.ts'
import type { HttpResponse } from '../../system/http.ts'
import { type Asked, answerProblem } from '../../system/http-fault.ts'

/** Throws the service's fault where the body is no JSON object with a text at `field`. */
export function readTextField(asked: Asked, { body }: HttpResponse, field: string): string {
  const value = parseObject(body)?.get(field)
  if (typeof value === 'string' && value !== '') return value
  throw answerProblem(asked, `answered without a ${field}`)
}

function parseObject(body: Uint8Array): ReadonlyMap<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(decodeUtf8(body))
    return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : undefined
  } catch {
    return undefined
  }
}
