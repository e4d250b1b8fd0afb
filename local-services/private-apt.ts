// apt with a state of its own: own sources, lists and cache, nothing of the machine's package database is read or changed.
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'
import { diskFull, lastLines, OWN_SERVICES_ADVICE, ServiceError } from './service-error.ts'

type AptPlace = {
  /** Where apt works; emptied by the caller afterwards. */
  work: string
  /** The folder that the user knows, for sentences. */
  disk: string
  env: NodeJS.ProcessEnv
  progress: (sentence: string) => void
}

const SUITE = 'trixie'
const WANTED = ['postgresql-17-timescaledb', 'redis-server', 'patchelf']
/** Depended on for installing, administration and JIT, not for running the servers: half of the download. */
const NOT_NEEDED =
  /^(libllvm|libz3|libperl|perl|libdb5|locales|libc-l10n|passwd|procps|libproc|debconf|tzdata|adduser|.*-perl$|openssl$)/
const KEYRINGS = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp']
const DOWNLOAD_TIMEOUT_MS = 1_200_000

/** Downloads the packages' .deb files and gives their paths. Throws ServiceError: `no-network`, `disk-full`, `damaged-download`. */
export async function downloadPackages(place: AptPlace): Promise<string[]> {
  const { work, progress } = place
  const downloads = join(work, 'downloads')
  for (const one of ['lists/partial', 'cache/archives/partial', 'downloads', 'keys'])
    mkdirSync(join(work, one), { recursive: true })
  progress('Asking the Debian mirror for its list of packages.')
  await updateLists(place)
  const names = await namesToDownload(place)
  const result = await apt(place, ['download', ...names], downloads, (percent) =>
    progress(`Downloading TimescaleDB and Redis: ${percent} % of ${names.length} packages.`),
  )
  if (result.code !== 0) throw downloadFailed(result.output, place.disk)
  return readdirSync(downloads)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(downloads, name))
}

async function namesToDownload(place: AptPlace): Promise<string[]> {
  const plan = await apt(place, ['--simulate', '--no-install-recommends', 'install', ...WANTED], place.work)
  if (plan.code !== 0) throw downloadFailed(plan.output, place.disk)
  const names = [...plan.output.matchAll(/^Inst (\S+) /gm)].map(([, name]) => name as string)
  return names.filter((name) => !NOT_NEEDED.test(name))
}

async function updateLists(place: AptPlace): Promise<void> {
  let output = ''
  for (const mirror of await mirrors(place)) {
    writeFileSync(join(place.work, 'sources.list'), `deb ${mirror} ${SUITE} main\n`)
    for (const keyring of [machinesKeyring, fetchedKeyring]) {
      const keys = await keyring(place)
      if (keys === undefined) continue
      copyFileSync(keys, join(place.work, 'keys/archive.gpg'))
      const result = await apt(place, ['update', '--error-on=any'], place.work)
      if (result.code === 0) return
      output += result.output
      if (!/NO_PUBKEY|not signed|Missing key/.test(result.output)) break
    }
  }
  throw downloadFailed(output, place.disk)
}

/** The mirror named in GELANG_DEBIAN_MIRROR, then the machine's own where its apt knows one (Ubuntu's does not). */
async function mirrors(place: AptPlace): Promise<string[]> {
  const targets = await runCommand('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], {
    env: place.env,
  })
  const own = targets.output.split('\n').map((line) => line.trim().replace(/\/$/, ''))
  const named = place.env.GELANG_DEBIAN_MIRROR?.replace(/\/$/, '')
  const found = [...new Set([...(named ? [named] : []), ...own.filter((uri) => /^https?:\/\/.*\/debian$/.test(uri))])]
  if (found.length === 0)
    throw new ServiceError(
      'no-mirror',
      "This machine's apt knows no Debian mirror, and the private TimescaleDB and Redis are Debian packages.",
      'Set GELANG_DEBIAN_MIRROR to the address of a Debian mirror (it ends in /debian), or bring your own services: ' +
        OWN_SERVICES_ADVICE,
    )
  return found
}

async function machinesKeyring(): Promise<string | undefined> {
  return KEYRINGS.find((path) => existsSync(path))
}

/** Ubuntu and old Debians have the archive's present keys as a package of their own, signed with keys that they know. */
async function fetchedKeyring(place: AptPlace): Promise<string | undefined> {
  const folder = join(place.work, 'keyring')
  for (const one of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, one), { recursive: true })
  const options = [...stateOptions(folder), '-o', 'Acquire::Retries=2']
  const update = await runCommand('apt-get', [...options, 'update'], { env: place.env })
  const download = await runCommand('apt-get', [...options, 'download', 'debian-archive-keyring'], {
    env: place.env,
    cwd: folder,
  })
  const file = readdirSync(folder).find((name) => name.endsWith('.deb'))
  if (update.code !== 0 || download.code !== 0 || file === undefined) return undefined
  const unpack = await runCommand('dpkg', ['-x', join(folder, file), folder], { env: place.env })
  const key = KEYRINGS.map((path) => join(folder, path)).find((path) => existsSync(path))
  return unpack.code === 0 ? key : undefined
}

function stateOptions(folder: string): string[] {
  const settings = [
    `Dir::State::Lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'Dir::State::status=/dev/null',
    'APT::Sandbox::User=root',
    'Debug::NoLocking=1',
  ]
  return settings.flatMap((setting) => ['-o', setting])
}

async function apt(place: AptPlace, args: string[], cwd: string, onPercent?: (percent: number) => void) {
  const settings = [
    `Dir::Etc::SourceList=${join(place.work, 'sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    `Dir::Etc::TrustedParts=${join(place.work, 'keys')}`,
    'Dir::Etc::Trusted=/dev/null',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=30',
    'Acquire::Languages=none',
    ...(onPercent ? ['APT::Status-Fd=3'] : []),
  ]
  const options = settings.flatMap((setting) => ['-o', setting])
  let shown = 0
  return runCommand('apt-get', [...stateOptions(place.work), ...options, ...args], {
    env: place.env,
    cwd,
    timeoutMs: DOWNLOAD_TIMEOUT_MS,
    ...(onPercent && {
      onStatusLine: (line: string) => {
        const percent = Math.floor(Number(/^dlstatus:[^:]*:([\d.]+):/.exec(line)?.[1] ?? 0))
        if (percent < shown + 10) return
        shown = percent
        onPercent(percent)
      },
    }),
  })
}

function downloadFailed(output: string, folder: string): ServiceError {
  const full = diskFull(output, folder)
  if (full) return full
  if (/Hash Sum mismatch|unexpected size|Size mismatch|not signed|NO_PUBKEY/.test(output))
    return new ServiceError(
      'damaged-download',
      'What the Debian mirror sent does not match its signed list.',
      'Run this again; nothing of it was kept.',
      lastLines(output),
    )
  return new ServiceError(
    'no-network',
    'TimescaleDB and Redis could not be downloaded: the Debian mirror cannot be reached.',
    `Connect this machine to the network and run this again. Or: ${OWN_SERVICES_ADVICE}`,
    lastLines(output),
  )
}
