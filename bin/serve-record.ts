import { startPublishRules } from '../pipeline/publish-rules.ts'
import { startRecord } from '../pipeline/record.ts'
import { openPool } from '../store/open-pool.ts'
import type { RoleParts, RunningRole } from './role.ts'
import { required } from './settings.ts'

const LANES = 2
/** Two lanes, incidents, quarantine, publishing, and one connection that listens. */
const CONNECTIONS_MAX = LANES + 4

/** Takes its share of the shards to the record, and competes for publishing the rules. */
export async function startRecordRole(parts: RoleParts): Promise<RunningRole> {
  const { settings, log } = parts
  const pool = openPool({
    url: settings.recordDatabaseUrl ?? required(settings.databaseUrl, 'DATABASE_URL'),
    role: 'gelang_record',
    applicationName: 'gelang record',
    max: CONNECTIONS_MAX,
    log,
  })
  const { leaseTtlMs, shardCount } = settings
  const recording = startRecord({ ...parts, pool, shardCount, leaseTtlMs, lanes: LANES })
  const publishing = startPublishRules({ ...parts, pool, shardCount, leaseTtlMs })
  return {
    notReady: async () => (recording.ownedShards().length > 0 ? undefined : 'no shard is ours yet'),
    async stop() {
      await publishing.stop()
      await recording.stop()
      await pool.end()
    },
  }
}
