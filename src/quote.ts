// Words for a POSIX shell, of commands that people copy and of scripts that are written.

/** One word, whatever it holds: as it stands where no shell reads anything into it, else in single quotes. */
export function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** The words of a line that `quoteShell` wrote, one blank between them. */
export function unquoteShell(line: string): readonly string[] {
  const words = line.match(/(?:'[^']*'|\\'|[^\s'])+/g) ?? []
  return words.map((word) =>
    word.replace(/'([^']*)'|\\(')/g, (_, inside?: string, quote?: string) => inside ?? quote ?? ''),
  )
}
