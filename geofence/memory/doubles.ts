/**
 * So many times the same number, in an array that holds its numbers unboxed (it never held anything else) and has no room to
 * grow: what is filled by `push` takes twice as much.
 */
export function doubles(count: number, value: number): number[] {
  if (count === 0) return []
  const out = [value]
  while (out.length < count) out.push(value)
  return out.slice()
}
