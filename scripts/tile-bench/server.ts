// Serves the files of a folder on loopback, as the storage of a log does.
import { createReadStream, statSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'

export interface FileServer {
  readonly url: string
  close(): void
}

export async function serveFolder(folder: string): Promise<FileServer> {
  const server = createServer(({ url = '' }, response) => {
    const path = /^\/(?:checkpoint|tile\/[\da-z/.]+)$/.test(url) ? join(folder, url) : undefined
    const found = path === undefined || path.includes('..') ? undefined : statSync(path, { throwIfNoEntry: false })
    if (path === undefined || found?.isFile() !== true) response.writeHead(404).end()
    else
      createReadStream(path, { highWaterMark: 1 << 20 }).pipe(response.writeHead(200, { 'content-length': found.size }))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}`,
    close() {
      server.closeAllConnections()
      server.close()
    },
  }
}
