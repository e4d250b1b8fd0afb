// The users of Redis and the key that signs published rules: made once, kept in one file a role, which only their owner can read.
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import type { RedisClient, RedisSettings } from '../../stream/redis/connect.ts'
import { REDIS_ROLES, type RedisRole, redisUser } from '../../stream/redis/rights.ts'
import { setUsers } from '../../stream/redis/users.ts'
import { readSecrets, writeSecrets } from './secret-files.ts'

export type RoleSecrets = Readonly<Record<RedisRole, Readonly<Record<string, string>>>>

const SECRET_BYTES = 32
/** Who signs the rules and who follows them; the others have nothing to do with the key. */
export function knowsTheKey(role: RedisRole): boolean {
  return role === 'ingest' || role === 'evaluate' || role === 'record' || role === 'notify'
}

/** Who encrypts the addresses of recipients, and who sends there. */
function knowsTheNoticeKey(role: RedisRole): boolean {
  return role === 'api' || role === 'notify'
}

const RULES_KEY = 'GELANG_RULES_KEY'
const NOTICE_KEY = 'GELANG_NOTICE_KEY'

/** A secret that is made once and kept in a file that only its owner can read. */
export function keptSecret(file: string): string {
  if (!existsSync(file)) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(file, `${newSecret()}\n`, { mode: 0o600 })
  }
  return readFileSync(file, 'utf8').trim()
}

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
  const shared = (name: string) =>
    REDIS_ROLES.map((role) => known[role]?.[name]).find((key) => key !== undefined) ?? newSecret()
  const rulesKey = shared(RULES_KEY)
  const noticeKey = shared(NOTICE_KEY)
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
      ...(knowsTheKey(role) ? { [RULES_KEY]: rulesKey } : {}),
      ...(knowsTheNoticeKey(role) ? { [NOTICE_KEY]: noticeKey } : {}),
    }
  }
  // Written first: a password that Redis knows and nobody else is lost.
  for (const role of REDIS_ROLES) writeSecrets(folder, role, secrets[role])
  return { secrets, kept: await setUsers(redis, prefix, passwords) }
}

function newSecret(): string {
  return randomBytes(SECRET_BYTES).toString('base64url')
}
