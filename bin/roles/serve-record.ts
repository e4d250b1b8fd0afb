import { startPublishRules } from '../../pipeline/publish-rules/publish-rules.ts'
import { type RecordOptions, startRecord } from '../../pipeline/record/record.ts'
import { auditKeys } from '../../store/access/signed-heads.ts'
import { storeTrouble } from '../../store/database/ask-store.ts'
import { headsPlace } from '../process/heads-place.ts'
import { openRolePool } from '../process/open-database.ts'
import { gaugeLag } from './gauge-log.ts'
import type { RoleParts, RunningRole } from './role.ts'
import { shardless } from './shardless.ts'

const LANES = 2
const DAY_MS = 86_400_000
/** Two lanes, incidents, quarantine, publishing, and one connection that listens. */
const CONNECTIONS_MAX = LANES + 4

/** Takes its share of the shards to the record, and competes for publishing the rules. */
export async function startRecordRole(parts: RoleParts): Promise<RunningRole> {
  const { settings } = parts
  const pool = await openRolePool('gelang_record', parts, { applicationName: 'gelang record', max: CONNECTIONS_MAX })
  const { leaseTtlMs, shardCount, trackRetentionDays: trackDays, quarantineRetentionDays: quarantineDays } = settings
  const recording = startRecord({
    ...parts,
    pool,
    shardCount,
    leaseTtlMs,
    lanes: LANES,
    retention: { trackDays, quarantineDays },
    ...auditHeadsOf(parts),
  })
  const publishing = startPublishRules({
    ...parts,
    ...{ pool, shardCount, leaseTtlMs },
    zonesKeptMs: settings.retainMs + DAY_MS,
  })
  const ungauge = gaugeLag(parts, shardCount)
  return {
    notReady: async () => shardless(recording, shardCount) ?? (await storeTrouble(pool)),
    warning: recording.warning,
    async stop() {
      ungauge()
      await publishing.stop()
      await recording.stop()
      await pool.end()
    },
  }
}

function auditHeadsOf({ settings, log }: RoleParts): Pick<RecordOptions, 'auditHeads'> {
  const { auditKey, auditHeads, auditHeadsEverySeconds } = settings
  if (!auditKey || !auditHeads) {
    log.warn({}, 'GELANG_AUDIT_KEY or GELANG_AUDIT_HEADS is not set: the owner of the database can rewrite the audit')
    return {}
  }
  const keys = auditKeys(auditKey)
  return { auditHeads: { keys, place: headsPlace(auditHeads, keys), everyMs: auditHeadsEverySeconds * 1000 } }
}
