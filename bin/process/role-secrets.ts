// The users of Redis and the key that signs published rules: made once, kept in one file a role, which only their owner can read.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseEnv } from 'node:util'
import type { RedisClient, RedisSettings } from '../../stream/redis/connect.ts'
import { REDIS_ROLES, type RedisRole, redisUser } from '../../stream/redis/rights.ts'
import { setUsers } from '../../stream/redis/users.ts'

export type RoleSecrets = Readonly<Record<RedisRole, Readonly<Record<string, string>>>>

const SECRET_BYTES = 32
/** Who signs the rules and who follows them; the others have nothing to do with the key. */
const KNOW_THE_KEY: readonly RedisRole[] = ['ingest', 'evaluate', 'record']
const RULES_KEY = 'GELANG_RULES_KEY'

export function redisUrlName(role: RedisRole): string {
  return `GELANG_${role.toUpperCase()}_REDIS_URL`
}

/**
 * Makes the users in Redis, with the passwords that `folder` holds or, where it holds none, new ones. Gives what each role's
 * environment needs, and whether the users outlive a restart of Redis. `redis` must be connected as a user who may make others.
 */
export async function makeRoleSecrets(
  redis: RedisClient,
  { url, prefix }: RedisSettings,
  folder: string,
): Promise<{ secrets: RoleSecrets; kept: boolean }> {
  const known = Object.fromEntries(REDIS_ROLES.map((role) => [role, readSecrets(folder, role)]))
  const rulesKey = KNOW_THE_KEY.map((role) => known[role]?.[RULES_KEY]).find((key) => key !== undefined) ?? newSecret()
  const passwords = {} as Record<RedisRole, string>
  const secrets = {} as Record<RedisRole, Record<string, string>>
  for (const role of REDIS_ROLES) {
    const before = known[role]?.[redisUrlName(role)]
    passwords[role] = before === undefined ? newSecret() : decodeURIComponent(new URL(before).password)
    const address = new URL(url)
    address.username = encodeURIComponent(redisUser(prefix, role))
    address.password = encodeURIComponent(passwords[role])
    secrets[role] = {
      [redisUrlName(role)]: address.href,
      ...(KNOW_THE_KEY.includes(role) ? { [RULES_KEY]: rulesKey } : {}),
    }
  }
  // Written first: a password that Redis knows and nobody else is lost.
  for (const role of REDIS_ROLES) writeSecrets(folder, role, secrets[role])
  return { secrets, kept: await setUsers(redis, prefix, passwords) }
}

export function secretsFile(folder: string, role: RedisRole): string {
  return join(folder, `${role}.env`)
}

function readSecrets(folder: string, role: RedisRole): NodeJS.Dict<string> {
  const file = secretsFile(folder, role)
  return existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}
}

function writeSecrets(folder: string, role: RedisRole, secrets: Readonly<Record<string, string>>): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const file = secretsFile(folder, role)
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`)
  writeFileSync(`${file}.new`, lines.join(''), { mode: 0o600 })
  renameSync(`${file}.new`, file)
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}
