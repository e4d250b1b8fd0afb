import { runCommand } from './run-command.ts'
import { OWN_SERVICES_ADVICE, ServiceError } from './service-error.ts'

/** Debian's word for the machine, its library folder, and the name of its dynamic loader. */
export type Platform = { architecture: string; triplet: string; loader: string }

const PLATFORMS: readonly Platform[] = [
  { architecture: 'amd64', triplet: 'x86_64-linux-gnu', loader: 'ld-linux-x86-64.so.2' },
  { architecture: 'arm64', triplet: 'aarch64-linux-gnu', loader: 'ld-linux-aarch64.so.1' },
]

/** Throws ServiceError: `wrong-system`, `no-apt`, `wrong-architecture`. */
export async function readPlatform(env: NodeJS.ProcessEnv): Promise<Platform> {
  if (process.platform !== 'linux')
    throw new ServiceError('wrong-system', 'Private packages work on Linux only.', OWN_SERVICES_ADVICE)
  const dpkg = await runCommand('dpkg', ['--print-architecture'], { env })
  const apt = await runCommand('apt-get', ['--version'], { env })
  if (dpkg.code !== 0 || apt.code !== 0)
    throw new ServiceError(
      'no-apt',
      'TimescaleDB and Redis cannot be fetched: apt-get and dpkg are not on this machine.',
      OWN_SERVICES_ADVICE,
      `${dpkg.output}\n${apt.output}`,
    )
  const architecture = dpkg.output.trim()
  const platform = PLATFORMS.find((one) => one.architecture === architecture)
  if (!platform)
    throw new ServiceError(
      'wrong-architecture',
      `There are no private packages for this machine's architecture "${architecture}", only for amd64 and arm64.`,
      OWN_SERVICES_ADVICE,
    )
  return platform
}
