// A person with a browser, for `urlOpener`: logs in on the sandbox's page as the address that the file names, brings the
// answer back, and leaves a line in a second file. Arguments: FILE COUNT URL.
import { appendFileSync, readFileSync } from 'node:fs'
import process from 'node:process'
import { logInByHttp } from './login.ts'

const [who = '', count = '', url = ''] = process.argv.slice(2)
appendFileSync(count, 'login\n')
await fetch(await logInByHttp(url, readFileSync(who, 'utf8').trim()))
