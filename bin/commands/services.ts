// `gelang services`: a private TimescaleDB and Redis for this machine.
import { join } from 'node:path'
import { servicesDown, servicesStatus, servicesUp } from '../../local-services/services-command.ts'
import { makeDatabaseSecrets } from '../process/database-secrets.ts'
import { keptSecret } from '../process/role-secrets.ts'

export async function servicesCommand(act: string, { folder }: { folder: string }): Promise<void> {
  const options = {
    folder,
    packagesFolder: '.local',
    env: process.env,
    progress: (sentence: string) => console.error(sentence),
  }
  switch (act) {
    case 'up': {
      const { how, databaseUrl, redisUrl } = await servicesUp(options)
      console.error(`TimescaleDB and Redis are up (${how}). Set these for "gelang migrate" and "gelang serve":`)
      // A server that was given is not ours to make logins on.
      const logins =
        how === 'given'
          ? { given: { DATABASE_URL: databaseUrl } }
          : await makeDatabaseSecrets(databaseUrl, join(folder, 'secrets'))
      for (const [name, url] of Object.values(logins).flatMap((each) => Object.entries(each)))
        console.log(`export ${name}='${url}'`)
      console.log(`export REDIS_URL='${redisUrl}'`)
      console.log(`export GELANG_RULES_KEY='${keptSecret(join(folder, 'rules-key'))}'`)
      return
    }
    case 'down':
      console.error((await servicesDown(options)) ? 'Stopped. The data stay.' : 'Nothing was running.')
      return
    case 'status': {
      const { how, databaseUrl, redisUrl } = await servicesStatus(options)
      console.log(JSON.stringify({ how, timescaledb: hideSecret(databaseUrl), redis: hideSecret(redisUrl) }, null, 2))
      return
    }
    default:
      throw new Error(`"gelang services ${act}" is not known: up, down or status`)
  }
}

function hideSecret(url: string | undefined): string {
  return url === undefined ? 'down' : url.replace(/:\/\/([^:@/]+):[^@]+@/, '://$1:…@')
}
