// apt with a state of its own: own sources, lists and cache, nothing of the machine's package database is read or changed.
import { copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from './run-command.ts'
import { diskFull, lastLines, OWN_SERVICES_ADVICE, ServiceError } from './service-error.ts'

export type AptPlace = { folder: string; env: NodeJS.ProcessEnv; progress: (sentence: string) => void }

const SUITE = 'trixie'
const PUBLIC_MIRROR = 'http://mirror.invalid/debian'
const WANTED = ['postgresql-17-timescaledb', 'redis-server', 'patchelf']
/** Depended on for installing, administration and JIT, not for running the servers: half of the download. */
const NOT_NEEDED =
  /^(libllvm|libz3|libperl|perl|libdb5|locales|libc-l10n|passwd|procps|libproc|debconf|tzdata|adduser|.*-perl$|openssl$)/
const KEYRINGS = ['/usr/share/keyrings/debian-archive-keyring.gpg', '/usr/share/keyrings/debian-archive-keyring.pgp']
const DOWNLOAD_TIMEOUT_MS = 1_200_000

/** Downloads the packages' .deb files and gives their paths. Throws ServiceError: `no-network`, `disk-full`, `damaged-download`. */
export async function downloadPackages(place: AptPlace): Promise<string[]> {
  const { folder, progress } = place
  const downloads = join(folder, 'downloads')
  for (const one of ['lists/partial', 'cache/archives/partial', 'downloads'])
    mkdirSync(join(folder, one), { recursive: true })
  progress('Asking the Debian mirror for its list of packages.')
  await updateLists(place)
  const names = await namesToDownload(place)
  const result = await apt(place, ['download', ...names], downloads, (percent) =>
    progress(`Downloading TimescaleDB and Redis: ${percent} % of ${names.length} packages.`),
  )
  if (result.code !== 0) throw downloadFailed(result.output, folder)
  return readdirSync(downloads)
    .filter((name) => name.endsWith('.deb'))
    .map((name) => join(downloads, name))
}

async function namesToDownload(place: AptPlace): Promise<string[]> {
  const plan = await apt(place, ['--simulate', '--no-install-recommends', 'install', ...WANTED], place.folder)
  if (plan.code !== 0) throw downloadFailed(plan.output, place.folder)
  const names = [...plan.output.matchAll(/^Inst (\S+) /gm)].map(([, name]) => name as string)
  return names.filter((name) => !NOT_NEEDED.test(name))
}

async function updateLists(place: AptPlace): Promise<void> {
  let output = ''
  for (const mirror of await mirrors(place)) {
    for (const keyring of [ownKeyring, currentKeyring]) {
      const key = await keyring(place)
      if (key === undefined) continue
      writeFileSync(join(place.folder, 'sources.list'), `deb [signed-by=${key}] ${mirror} ${SUITE} main\n`)
      const result = await apt(place, ['update', '--error-on=any'], place.folder)
      if (result.code === 0) return
      output += result.output
      if (!/NO_PUBKEY|not signed|Missing key/.test(result.output)) break
    }
  }
  throw downloadFailed(output, place.folder)
}

/** The machine's own Debian mirror where it has one (it may be the only one that can be reached), then the public one. */
async function mirrors(place: AptPlace): Promise<string[]> {
  const targets = await runCommand('apt-get', ['indextargets', '--format', '$(REPO_URI)', 'Created-By: Packages'], {
    env: place.env,
  })
  const own = targets.output.split('\n').map((line) => line.trim().replace(/\/$/, ''))
  return [...new Set([...own.filter((uri) => /^https?:\/\/.*\/debian$/.test(uri)), PUBLIC_MIRROR])]
}

async function ownKeyring(place: AptPlace): Promise<string | undefined> {
  const found = KEYRINGS.find((path) => existsSync(path))
  if (found === undefined) return undefined
  const copy = join(place.folder, 'archive-keyring.gpg')
  copyFileSync(found, copy)
  return copy
}

/** Machines other than Debian's, and old ones, get the archive's keys as a package from their own distribution. */
async function currentKeyring(place: AptPlace): Promise<string | undefined> {
  const folder = join(place.folder, 'keyring')
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
    `Dir::Etc::SourceList=${join(place.folder, 'sources.list')}`,
    'Dir::Etc::SourceParts=/dev/null',
    'Acquire::Retries=2',
    'Acquire::http::Timeout=30',
    'Acquire::Languages=none',
    ...(onPercent ? ['APT::Status-Fd=3'] : []),
  ]
  const options = settings.flatMap((setting) => ['-o', setting])
  let shown = 0
  return runCommand('apt-get', [...stateOptions(place.folder), ...options, ...args], {
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
