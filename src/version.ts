// The version that `gitsigil version` prints and services see. A test keeps it equal to package.json's.
export const VERSION = '0.1.0'
