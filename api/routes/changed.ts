/** `known` with a change of it: what is absent stays, null removes. */
export function changed<T extends object>(known: T, change: { [K in keyof T]?: T[K] | null | undefined }): T {
  const next = { ...known } as Record<string, unknown>
  for (const [name, value] of Object.entries(change)) {
    if (value === null) delete next[name]
    else if (value !== undefined) next[name] = value
  }
  return next as T
}
