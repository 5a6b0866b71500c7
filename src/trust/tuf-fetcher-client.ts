// tuf-js's way to the network, led through the one place for HTTP: its size limits, its time budget, its errors.
import { Buffer } from 'node:buffer'
import { join } from 'node:path'
import type { Fetcher } from 'tuf-js'
import { DownloadHTTPError } from 'tuf-js/dist/error.js'
import type { Http } from '../system/http.ts'
import { replaceFile } from '../system/private-files.ts'

/** A fetcher that remembers why it failed: tuf-js turns some of its errors into text. */
export interface HttpFetcher extends Fetcher {
  failure(): unknown
}

/** `scratch` is a directory for files on their way; its owner removes it. */
export function createFetcher(http: Http, scratch: string): HttpFetcher {
  let failure: unknown

  async function downloadBytes(url: string, maxLength: number): Promise<Buffer> {
    failure = undefined
    try {
      return await get(http, url, maxLength)
    } catch (error) {
      failure = error
      throw error
    }
  }

  return {
    downloadBytes,
    async downloadFile(url, maxLength, handler) {
      const path = join(scratch, 'download')
      replaceFile(path, await downloadBytes(url, maxLength))
      return handler(path)
    },
    failure: () => failure,
  }
}

async function get(http: Http, url: string, maxBytes: number): Promise<Buffer> {
  const response = await http.request({ service: 'TUF repository', url, maxBytes, accept: '*/*', code: 'trust' })
  // tuf-js stops looking for newer roots at the first that is not there, and knows it by this error.
  if (response.status !== 200) throw new DownloadHTTPError(`${url} answered ${response.status}`, response.status)
  return Buffer.from(response.body)
}
