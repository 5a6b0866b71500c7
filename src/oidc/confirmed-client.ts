// Which identities a person has agreed to see published: one a line, in a file of their state directory. Losing it costs
// a question.
import { dirname } from 'node:path'
import { encodeUtf8 } from '../bytes.ts'
import { Fault } from '../errors.ts'
import { appendText, readBytesIfAny } from '../system/files.ts'
import { makePrivateDirectory } from '../system/private-files.ts'
import type { ConfirmPorts } from './confirm.ts'

/** @param path undefined where there is no home: then everything is new */
export function confirmedIn(path: string | undefined): Pick<ConfirmPorts, 'isKnown' | 'remember'> {
  return {
    isKnown: (line) => path !== undefined && readLines(path).includes(safe(line)),
    remember(line) {
      if (path !== undefined) append(path, safe(line))
    },
  }
}

function readLines(path: string): readonly string[] {
  try {
    return new TextDecoder().decode(readBytesIfAny(path) ?? encodeUtf8('')).split('\n')
  } catch (thrown) {
    if (thrown instanceof Fault) return []
    throw thrown
  }
}

function append(path: string, line: string): void {
  try {
    makePrivateDirectory(dirname(path))
    appendText(path, `${line}\n`)
  } catch (thrown) {
    if (!(thrown instanceof Fault)) throw thrown
  }
}

// A subject with a line feed in it must not confirm another.
function safe(line: string): string {
  return line.replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`)
}
