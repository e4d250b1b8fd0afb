import { vi } from 'vitest'
import { PATIENCE_MS } from './patience-ms.ts'

/** Resolves when `look` no longer throws, with what it gives. The same as `expect.poll`, for several expectations at once. */
export function waitFor<T>(look: () => T | Promise<T>): Promise<T> {
  return vi.waitFor(look, { timeout: PATIENCE_MS, interval: 20 })
}
