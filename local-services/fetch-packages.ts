// TimescaleDB and Redis as Debian packages in a folder of the project's own, unpacked, never installed.
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { basename, join } from 'node:path'
import { withFolderLock } from './folder-lock.ts'
import { type Platform, readPlatform } from './platform.ts'
import { downloadPackages } from './private-apt.ts'
import { runCommand } from './run-command.ts'
import { readRecord, writeRecord } from './running-process.ts'
import { diskFull, lastLines, OWN_SERVICES_ADVICE, requireSpace, ServiceError } from './service-error.ts'
import { setInterpreter } from './set-interpreter.ts'

/** Programs that run like any other. */
export type Packages = { postgresBin: string; redisServer: string; redisCli: string }

type FetchOptions = { folder: string; env: NodeJS.ProcessEnv; progress: (sentence: string) => void }

const BYTES_NEEDED = 600 * 1024 * 1024
/** Changes when the recipe does, so that an older cache is made anew. */
const RECIPE = 1
const POSTGRES_BIN = 'usr/lib/postgresql/17/bin'
const TIMESCALEDB = 'usr/lib/postgresql/17/lib/timescaledb.so'
const PROGRAMS = [
  `${POSTGRES_BIN}/postgres`,
  `${POSTGRES_BIN}/initdb`,
  `${POSTGRES_BIN}/psql`,
  `${POSTGRES_BIN}/pg_dump`,
  'usr/bin/redis-server',
  'usr/bin/redis-cli',
]

type Receipt = { recipe: number; root: string; files: Record<string, number> }

/**
 * The packages in `<folder>/packages-<architecture>`, downloaded and unpacked when they are not there, not whole, or were moved.
 * Several processes may ask at once. Throws ServiceError.
 */
export async function fetchPackages(options: FetchOptions): Promise<Packages> {
  const env = { ...options.env, LC_ALL: 'C', DEBIAN_FRONTEND: 'noninteractive' }
  const root = join(options.folder, `packages-${process.arch === 'x64' ? 'amd64' : process.arch}`)
  if (whole(root)) return packagesIn(root)
  const platform = await readPlatform(env)
  mkdirSync(options.folder, { recursive: true })
  const waiting = () => options.progress('Another process is fetching TimescaleDB and Redis; waiting for it.')
  return withFolderLock(options.folder, 'packages', waiting, async () => {
    if (whole(root)) return packagesIn(root)
    await make(root, platform, { ...options, env })
    return packagesIn(root)
  })
}

async function make(root: string, platform: Platform, options: FetchOptions): Promise<void> {
  const { folder, env, progress } = options
  for (const name of readdirSync(folder))
    if (name.startsWith(`${basename(root)}.unfinished-`)) rmSync(join(folder, name), { recursive: true, force: true })
  requireSpace(folder, BYTES_NEEDED)
  // A new name each time: a download that was cut off may still be writing under the old one.
  const work = mkdtempSync(`${root}.unfinished-`)
  try {
    const unpacked = join(work, 'root')
    mkdirSync(unpacked, { recursive: true })
    const files = await downloadPackages({ work: join(work, 'apt'), disk: folder, env, progress })
    progress(`Unpacking ${files.length} packages.`)
    await unpack(files, unpacked, folder, env)
    await setInterpreter(unpacked, root, platform, PROGRAMS, env)
    await runCommand('chmod', ['-R', 'a+rX', unpacked], { env })
    rmSync(root, { recursive: true, force: true })
    renameSync(unpacked, root)
    await tryOut(root)
    const receipt: Receipt = { recipe: RECIPE, root, files: sizes(root) }
    writeRecord(join(root, 'receipt.json'), receipt)
    progress('TimescaleDB and Redis are here.')
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function unpack(files: readonly string[], root: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  for (const name of ['bin', 'sbin', 'lib', 'lib64']) {
    mkdirSync(join(root, 'usr', name), { recursive: true })
    symlinkSync(`usr/${name}`, join(root, name))
  }
  chmodSync(root, 0o755)
  for (const file of files) {
    const result = await runCommand('dpkg', ['-x', file, root], { env })
    if (result.code !== 0)
      throw (
        diskFull(result.output, folder) ??
        new ServiceError(
          'damaged-download',
          'A downloaded package cannot be unpacked.',
          'Run this again; nothing of it was kept.',
          lastLines(result.output),
        )
      )
  }
}

async function tryOut(root: string): Promise<void> {
  for (const program of PROGRAMS) {
    const result = await runCommand(join(root, program), ['--version'], { env: {}, cwd: '/' })
    if (result.code !== 0)
      throw new ServiceError(
        'did-not-start',
        `The downloaded ${program.split('/').pop()} does not run on this machine.`,
        OWN_SERVICES_ADVICE,
        lastLines(result.output),
      )
  }
}

function packagesIn(root: string): Packages {
  return {
    postgresBin: join(root, POSTGRES_BIN),
    redisServer: join(root, 'usr/bin/redis-server'),
    redisCli: join(root, 'usr/bin/redis-cli'),
  }
}

function sizes(root: string): Record<string, number> {
  return Object.fromEntries([...PROGRAMS, TIMESCALEDB].map((file) => [file, statSync(join(root, file)).size]))
}

/** The receipt is written last; a cache without it, in another place than it was made for, or with files cut short is made anew. */
function whole(root: string): boolean {
  const receipt = readRecord<Receipt>(join(root, 'receipt.json'))
  if (receipt?.recipe !== RECIPE || receipt.root !== root) return false
  return Object.entries(receipt.files).every(
    ([file, size]) => statSync(join(root, file), { throwIfNoEntry: false })?.size === size,
  )
}
