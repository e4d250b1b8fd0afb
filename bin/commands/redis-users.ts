// `gelang redis-users`: a user of Redis for each role of the server, with the rights of stream/redis/rights.ts.
import { connectRedis, untilReady } from '../../stream/redis/connect.ts'
import { readDurability } from '../../stream/redis/durability.ts'
import { REDIS_ROLES } from '../../stream/redis/rights.ts'
import { openLog } from '../process/log.ts'
import { makeRoleSecrets } from '../process/role-secrets.ts'
import { secretsFile } from '../process/secret-files.ts'
import { readSettings, required } from '../process/settings.ts'

const READY_MS = 10_000

export async function redisUsersCommand({ folder }: { folder: string }): Promise<void> {
  const { redisUrl, redisCluster, prefix, logLevel } = readSettings(process.env)
  const settings = { url: required(redisUrl, 'REDIS_URL'), prefix, cluster: redisCluster }
  const redis = connectRedis(settings, 'gelang-users', openLog('gelang redis-users', logLevel))
  try {
    await untilReady(redis, READY_MS)
    const { kept } = await makeRoleSecrets(redis, settings, folder)
    console.error((await readDurability(redis)).sentence)
    if (!kept)
      console.error(
        'Redis keeps these users in memory only: give it an aclfile, or run this again after each of its restarts.',
      )
    for (const role of REDIS_ROLES) console.log(secretsFile(folder, role))
  } finally {
    redis.disconnect()
  }
}
