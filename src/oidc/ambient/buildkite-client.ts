// Buildkite: the agent that runs the job asks Buildkite for a token (`buildkite-agent oidc request-token`).
import type { AmbientSource } from '../provider.ts'
import { type CommandPorts, tokenByCommand } from './command-client.ts'

export function buildkite(ports: CommandPorts): AmbientSource {
  const { env } = ports.world

  async function token(audience: string) {
    if (!env['BUILDKITE'] && !env['BUILDKITE_AGENT_ACCESS_TOKEN']) return undefined
    return await tokenByCommand(
      {
        platform: 'Buildkite',
        command: ['buildkite-agent', 'oidc', 'request-token', '--audience', audience],
        missing: 'in a container let the docker plugin bring it (mount-buildkite-agent: true), else put it on the PATH',
        refused: 'the agent must be connected, at version 3.40 or newer, and the job still running',
        secret: env['BUILDKITE_AGENT_ACCESS_TOKEN'],
      },
      ports,
    )
  }

  return { name: 'buildkite-agent', absence: 'neither BUILDKITE nor BUILDKITE_AGENT_ACCESS_TOKEN is set', token }
}
