// A TUF repository (specification 1.0.31, consistent snapshots) that gives out the trusted root and the signing config, so
// that `initialize --mirror URL --root DIR/tuf/root.json` works. What nears its end is signed anew with a higher version.
import { binary, Refusal, routed, type Service } from './service.ts'
import type { State } from './state.ts'
import { Repository, type TufTargets } from './tuf-repository.ts'

/** Opens the repository in the state directory, brings it up to date with `targets`, and serves it. */
export async function openTuf(state: State, targets: TufTargets, now: () => number): Promise<Service> {
  const repository = new Repository(state, targets, now)
  await repository.refresh()
  return {
    name: 'tuf',
    handle: async (request) => {
      const path = new URL(request.url).pathname.slice(1)
      const routes = { [`GET /${path}`]: () => serve(repository, path) }
      return await routed('tuf', PUBLISHED.test(path) ? routes : {}).handle(request)
    },
  }
}

const PUBLISHED = /^(?:(?:\d+\.)?root|timestamp|\d+\.(?:snapshot|targets))\.json$|^targets\/[0-9a-f]{64}\.[a-z0-9_.]+$/

async function serve(repository: Repository, path: string): Promise<Response> {
  if (path === 'timestamp.json') await repository.refresh()
  const bytes = await repository.read(path)
  if (bytes === undefined) throw new Refusal(404, 5, 'not found')
  return binary(200, bytes, 'application/json')
}
