// The one sentence that every answer, page and command of the sandbox carries.

export const NOTICE =
  'gitsigil sandbox: for trying and testing on this machine, not a CA, log or timestamp authority to trust'

/** Goes into the subject of every certificate the sandbox makes, so that one found elsewhere explains itself. */
export const ORGANISATION = 'gitsigil sandbox: for testing only - do not trust'

/** What to do where one runs already. */
export const IN_USE = 'gitsigil sandbox status says where it serves, sandbox stop ends it; --directory names another'

export const NOTICE_HEADER = 'gitsigil-sandbox'
