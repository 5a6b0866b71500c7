import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Asked } from '../../src/system/asked.ts'

async function* chunks(bytes: Buffer, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const ends = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].toSorted((a, b) => a - b)
  for (const [i, end] of ends.entries()) yield bytes.subarray(ends[i - 1] ?? 0, end)
}

test('ids are answered in their order, wherever their stream is cut, and another takes none away', async () => {
  const id = fc.integer({ min: 0, max: 15 }).map((digit) => digit.toString(16).repeat(40))
  await fc.assert(
    fc.asyncProperty(fc.array(id), fc.array(fc.nat(5000)), async (ids, cuts) => {
      const asked = new Asked(chunks(Buffer.from(ids.map((one) => `${one}\n`).join('')), cuts), false)
      while ((await asked.pull()) !== undefined);
      for (const [i, one] of ids.entries()) {
        expect([`${one}0`, one.slice(1), 'f'.repeat(39)].some((other) => asked.answerIf(other))).toBe(false)
        if (i % 2 === 0) expect(asked.answerIf(one)).toBe(true)
        else expect(asked.answer()).toBe(one)
      }
      expect([asked.done, asked.answerIf('0'.repeat(40)), asked.answer()]).toEqual([true, false, undefined])
    }),
  )
})
