// The version that `gitsigil version` prints and services see. A test keeps it equal to package.json's.
export const VERSION = '0.1.0'

declare const SOURCE_DIGEST: string | undefined

/** SHA-256 of the sources that a build was made of; undefined where they run as they are. */
export const BUILD: string | undefined = typeof SOURCE_DIGEST === 'string' ? SOURCE_DIGEST : undefined
