import type { Log } from '../../model/observe.ts'
import { type Listening, listen } from '../database/listen.ts'
import type { Pool } from '../database/open-pool.ts'

/** What a transaction changed. `wearers` absent: any of them. `version` absent: notices may have been missed. */
export type RulesChange = { version?: number; directory: boolean; wearers?: number[] }

/** Every committed change of the rules; all may have changed after a connection. */
export function rulesChannel(onChange: (change: RulesChange) => void): Listening {
  return {
    channels: { gelang_rules: (payload) => onChange(payload === '' ? { directory: true } : JSON.parse(payload)) },
    onConnected: () => onChange({ directory: true }),
  }
}

/** Calls `onChange` after every change of the rules and every (re)connection; see `listen`. */
export function listenRules(pool: Pool, onChange: (change: RulesChange) => void, log: Log): () => Promise<void> {
  return listen(pool, rulesChannel(onChange), log)
}
