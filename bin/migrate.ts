import { migrate } from '../store/migrate.ts'
import { openLog } from './log.ts'
import { readSettings, required } from './settings.ts'

/** `gelang migrate`. */
export async function migrateCommand(): Promise<void> {
  const settings = readSettings(process.env)
  await migrate(required(settings.databaseUrl, 'DATABASE_URL'), openLog('migrate', settings.logLevel))
}
