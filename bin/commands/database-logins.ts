// `gelang database-logins`: a login of TimescaleDB for the migration, for each role of the server and for the audit's verifier.
import { DATABASE_SECRET_FILES, makeDatabaseSecrets } from '../process/database-secrets.ts'
import { secretsFile } from '../process/secret-files.ts'
import { readSettings, required } from '../process/settings.ts'

export async function databaseLoginsCommand({ folder }: { folder: string }): Promise<void> {
  const { databaseUrl } = readSettings(process.env)
  await makeDatabaseSecrets(required(databaseUrl, 'DATABASE_URL'), folder)
  for (const file of DATABASE_SECRET_FILES) console.log(secretsFile(folder, file))
}
