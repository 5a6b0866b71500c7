// How long the network may keep a person waiting. Requests in flight together count once; a login between them does not.

export interface NetworkBudget {
  /** Milliseconds left. */
  remaining(): number
  /** Runs `work` on the budget's time. */
  spend<T>(work: () => Promise<T>): Promise<T>
}

export function createNetworkBudget(total: number, now: () => number): NetworkBudget {
  let spent = 0
  let running = 0
  let since = 0
  return {
    remaining: () => total - spent - (running > 0 ? now() - since : 0),
    async spend(work) {
      if (running++ === 0) since = now()
      try {
        return await work()
      } finally {
        if (--running === 0) spent += now() - since
      }
    },
  }
}
