import { expect, test } from 'vitest'
import type { Option } from '../../src/config/option.ts'
import { OPTIONS } from '../../src/config/options.ts'
import { optionRows, optionTable } from '../../src/config/table.ts'

const options = Object.entries<Option<unknown>>(OPTIONS)

test("every key of gitsign's configuration is honoured", () => {
  const keys =
    'fulcio fulcioRoot rekor rekorMode rekorVersion clientID clientSecretFile issuer redirectURL connectorID ' +
    'tokenProvider timestampServerURL timestampCertChain matchCommitter ' +
    'autoclose autocloseTimeout urlOpener logPath enableSigstoreGo'
  const read = options.filter(([, { sections }]) => sections.includes('gitsign')).map(([name]) => name)
  expect(read.toSorted()).toEqual(keys.split(' ').toSorted())
})

test("every environment name of gitsign's is honoured", () => {
  const both =
    'FULCIO_URL FULCIO_ROOT REKOR_URL REKOR_VERSION OIDC_CLIENT_ID OIDC_CLIENT_SECRET_FILE OIDC_REDIRECT_URL OIDC_ISSUER ' +
    'CONNECTOR_ID TOKEN_PROVIDER TIMESTAMP_SERVER_URL TIMESTAMP_CERT_CHAIN AUTOCLOSE AUTOCLOSE_TIMEOUT'
  const wanted = [
    ...both.split(' ').flatMap((name) => [`GITSIGN_${name}`, `SIGSTORE_${name}`]),
    ...['GITSIGN_LOG', 'GITSIGN_REKOR_MODE', 'GITSIGN_URL_OPENER', 'GITSIGN_ENABLE_SIGSTORE_GO'],
    ...['TUF_ROOT', 'TUF_MIRROR', 'SIGSTORE_ROOT_FILE', 'SIGSTORE_REKOR_PUBLIC_KEY', 'SIGSTORE_CT_LOG_PUBLIC_KEY_FILE'],
    ...['SIGSTORE_ID_TOKEN', 'GITSIGN_CREDENTIAL_CACHE'],
  ]
  const read = new Set(options.flatMap(([, { env }]) => env))
  expect(wanted.filter((name) => !read.has(name))).toEqual([])
})

test('no two options share a key, an environment name or a flag', () => {
  const names = options.flatMap(([name, { env, flag }]) => [name.toLowerCase(), ...env, ...(flag ? [`--${flag}`] : [])])
  expect(names.toSorted()).toEqual([...new Set(names)].toSorted())
})

test('the table has a line for each option, with its default', () => {
  const lines = optionTable().trimEnd().split('\n')
  expect(lines).toHaveLength(options.length + 2)
  expect(lines.every((line) => line.replaceAll('\\|', '').split('|').length === 8)).toBe(true)
  const timeout = optionRows().find(({ keys }) => keys.includes('gitsign.autocloseTimeout'))
  expect(timeout).toMatchObject({ shown: '6', env: expect.arrayContaining(['GITSIGN_AUTOCLOSE_TIMEOUT']) })
})
