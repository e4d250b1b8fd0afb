// Memory that no process has used since a virtual machine began costs ten times as much at its first touch as any other: its host
// must find it first. A server has used all of its memory after a day, so that is not what a bench measures.
import os from 'node:os'

const PAGE_BYTES = 4096
const STEP_BYTES = 64 * 1_048_576

/** Writes to so much memory, at most half of what is free, and lets it go. Gives nanoseconds a page, and how many. */
export function touchMemory(mebibytes: number): { nsPerPage: number; pages: number } {
  const steps = Math.floor(Math.min(mebibytes * 1_048_576, os.freemem() / 2) / STEP_BYTES)
  const began = performance.now()
  const held = Array.from({ length: steps }, () => {
    const bytes = new Uint8Array(STEP_BYTES)
    for (let at = 0; at < STEP_BYTES; at += PAGE_BYTES) bytes[at] = 1
    return bytes
  })
  const pages = held.length * (STEP_BYTES / PAGE_BYTES)
  return { nsPerPage: ((performance.now() - began) * 1e6) / Math.max(1, pages), pages }
}
