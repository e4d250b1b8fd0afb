import { keepFor } from '../../store/database/edition.ts'
import { migrate } from '../../store/database/migrate.ts'
import { openPool } from '../../store/database/open-pool.ts'
import { openLog } from '../process/log.ts'
import { readSettings, required } from '../process/settings.ts'

/** `gelang migrate`: the schema, and how long what is kept. */
export async function migrateCommand(): Promise<void> {
  const settings = readSettings(process.env)
  const url = required(settings.databaseUrl, 'DATABASE_URL')
  await migrate(url, openLog('migrate', settings.logLevel))
  const pool = openPool({ url, applicationName: 'gelang migrate', max: 1 })
  try {
    await keepFor(pool, { trackDays: settings.trackRetentionDays, quarantineDays: settings.quarantineRetentionDays })
  } finally {
    await pool.end()
  }
}
