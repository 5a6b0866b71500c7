// How many different people signed. A name of the policy counts once, whatever it matches, and so does a signer, however
// many names match them: a pattern that anybody can match twice must not make two people.

/** @param signers for each signer the names that stand for them. Gives the size of the largest pairing. */
export function countHeads(signers: readonly (readonly string[])[]): number {
  const holder = new Map<string, number>()
  const seat = (index: number, tried: Set<string>): boolean => {
    for (const name of signers[index] ?? []) {
      if (tried.has(name)) continue
      tried.add(name)
      const other = holder.get(name)
      if (other === undefined || seat(other, tried)) {
        holder.set(name, index)
        return true
      }
    }
    return false
  }
  return signers.filter((_, index) => seat(index, new Set())).length
}
