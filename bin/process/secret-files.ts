// Secrets that were made once: one file of variables for each role's environment, which only their owner can read.
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'

export function secretsFile(folder: string, role: string): string {
  return join(folder, `${role}.env`)
}

export function readSecrets(folder: string, role: string): NodeJS.Dict<string> {
  const file = secretsFile(folder, role)
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
}

/** Variables of other names stay in the file. */
export function writeSecrets(folder: string, role: string, secrets: Readonly<Record<string, string>>): void {
  const lines = Object.entries({ ...readSecrets(folder, role), ...secrets }).map(
    ([name, value]) => `${name}=${value}\n`,
  )
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = secretsFile(folder, role)
  writeFileSync(`${file}.new`, lines.join(''), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}
