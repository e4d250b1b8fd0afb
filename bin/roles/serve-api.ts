import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { startApi } from '../../api/start-api.ts'
import { noticeKeyOf } from '../process/notice-key.ts'
import { openRolePool } from '../process/open-database.ts'
import { packageFolder } from '../process/package-folder.ts'
import { required } from '../process/settings.ts'
import type { RoleParts, RunningRole } from './role.ts'

const CONNECTIONS_MAX = 10

/** Serves the console, its REST interface and the live feed. */
export async function startApiRole(parts: RoleParts): Promise<RunningRole> {
  const { settings, redis, keys, clock, log, meter } = parts
  const apiPool = await openRolePool('gelang_api', parts, { applicationName: 'gelang api', max: CONNECTIONS_MAX })
  const authPool = await openRolePool('gelang_auth', parts, { applicationName: 'gelang login', max: CONNECTIONS_MAX })
  const staticFolder = join(packageFolder(), 'dist', 'web-map')
  if (!existsSync(staticFolder))
    log.warn({}, 'the console has not been built (npm run build); only the REST interface is served')
  const api = await startApi({
    host: settings.apiHost ?? settings.host,
    port: settings.apiPort,
    ...(settings.baseUrl === undefined ? {} : { baseUrl: settings.baseUrl }),
    authSecret: required(settings.authSecret, 'GELANG_AUTH_SECRET'),
    proxies: { trusted: settings.trustedProxies, header: settings.clientAddressHeader },
    apiPool,
    authPool,
    redis,
    keys,
    shardCount: settings.shardCount,
    ...(existsSync(staticFolder) ? { staticFolder } : {}),
    ...(settings.noticeKey === undefined ? {} : { conceal: noticeKeyOf(settings.noticeKey) }),
    mapSettings: {
      ...(settings.tileUrl === undefined ? {} : { tileUrl: settings.tileUrl }),
      ...(settings.tileAttribution === undefined ? {} : { tileAttribution: settings.tileAttribution }),
    },
    clock,
    log,
    meter,
  })
  return {
    notReady: async () => (await api.notReady()).join('; ') || undefined,
    warning: () => api.warning(),
    async stop() {
      await api.close()
      await apiPool.end()
      await authPool.end()
    },
  }
}
