import { migrate } from '../../store/database/migrate.ts'
import { openLog } from '../process/log.ts'
import { readSettings, required } from '../process/settings.ts'

/** `gelang migrate`. */
export async function migrateCommand(): Promise<void> {
  const settings = readSettings(process.env)
  await migrate(required(settings.databaseUrl, 'DATABASE_URL'), openLog('migrate', settings.logLevel))
}
