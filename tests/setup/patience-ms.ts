/** How long a test waits for a condition before it fails. Long, since a slow machine is no fault of what is tested. */
export const PATIENCE_MS = 60_000
