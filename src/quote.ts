// Words for a POSIX shell, of commands that people copy and of scripts that are written.

/** One word, whatever it holds: as it stands where no shell reads anything into it, else in single quotes. */
export function quoteShell(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}
