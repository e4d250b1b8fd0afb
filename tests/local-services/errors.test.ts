// Each way in which getting the services can fail: the sentence, and that a second try works.
import { execFileSync } from 'node:child_process'
import { chmodSync, cpSync, mkdirSync, readdirSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { fetchPackages } from '../../local-services/fetch-packages.ts'
import { ServiceError } from '../../local-services/service-error.ts'
import { startPrivatePostgres } from '../../local-services/start-postgres.ts'
import { ownFolder, sharedPackages } from '../setup/own-services.ts'

const ADVICE = 'Set DATABASE_URL and REDIS_URL to services of your own, or start a Docker engine, and run this again.'
const noProgress = () => undefined
let folder: string

beforeAll(async () => {
  folder = await ownFolder()
})

const MIRROR = 'http://mirror.invalid/debian'

/** A PATH that holds only these programs, each a shell script. */
function pathWith(name: string, scripts: Record<string, string>, mirror?: string): NodeJS.ProcessEnv {
  const bin = join(folder, `bin-${name}`)
  mkdirSync(bin)
  for (const [program, script] of Object.entries(scripts)) {
    writeFileSync(join(bin, program), `#!/bin/sh\n${script}\n`)
    chmodSync(join(bin, program), 0o755)
  }
  return { PATH: bin, ...(mirror === undefined ? {} : { GELANG_DEBIAN_MIRROR: mirror }) }
}

async function errorOf(env: NodeJS.ProcessEnv, place = join(folder, 'none')): Promise<ServiceError> {
  mkdirSync(place, { recursive: true })
  const error = await fetchPackages({ folder: place, env, progress: noProgress }).catch((thrown: unknown) => thrown)
  expect(error).toBeInstanceOf(ServiceError)
  expect(readdirSync(place)).toEqual([])
  return error as ServiceError
}

test('no apt', async () => {
  const error = await errorOf(pathWith('no-apt', {}))
  expect(error.code).toBe('no-apt')
  expect(error.message).toBe(
    `TimescaleDB and Redis cannot be fetched: apt-get and dpkg are not on this machine. ${ADVICE}`,
  )
})

test('an architecture without packages', async () => {
  const error = await errorOf(pathWith('riscv', { dpkg: 'echo riscv64', 'apt-get': 'exit 0' }))
  expect(error.code).toBe('wrong-architecture')
  expect(error.message).toBe(
    `There are no private packages for this machine's architecture "riscv64", only for amd64 and arm64. ${ADVICE}`,
  )
})

test('apt knows no Debian mirror and none is named', async () => {
  const error = await errorOf(pathWith('ubuntu', { dpkg: 'echo amd64', 'apt-get': 'exit 0' }))
  expect(error.code).toBe('no-mirror')
  expect(error.message).toContain('Set GELANG_DEBIAN_MIRROR')
})

test('a download that does not match its signed list', async () => {
  const script = 'case "$*" in *update*) echo "E: Hash Sum mismatch" >&2; exit 100;; esac'
  const error = await errorOf(pathWith('hash', { dpkg: 'echo amd64', 'apt-get': script }, MIRROR))
  expect(error.code).toBe('damaged-download')
  expect(error.message).toBe(
    'What the Debian mirror sent does not match its signed list. Run this again; nothing of it was kept.',
  )
  expect(error.detail).toContain('Hash Sum mismatch')
})

test('a disk that fills while downloading', async () => {
  const script =
    'case "$*" in *update*) echo "E: Write error - write (28: No space left on device)" >&2; exit 100;; esac'
  const place = join(folder, 'none')
  const error = await errorOf(pathWith('full', { dpkg: 'echo amd64', 'apt-get': script }, MIRROR), place)
  expect(error.code).toBe('disk-full')
  expect(error.message).toBe(
    `The disk that holds ${place} is full. Free some space (1 GB is enough to begin) and run this again; what was half written is written anew.`,
  )
})

test('no network, a half-finished and a truncated earlier download; then a second try works, once for all who ask', async (context) => {
  const place = join(folder, 'cache')
  const shared = await sharedPackages()
  const name = `packages-${process.arch === 'x64' ? 'amd64' : process.arch}`
  const unfinished = `${name}.unfinished-abc`
  cpSync(shared.postgresBin, join(place, name, 'usr/lib/postgresql/17/bin'), { recursive: true })
  truncateSync(join(place, name, 'usr/lib/postgresql/17/bin/postgres'), 4096)
  writeFileSync(join(place, name, 'receipt.json'), '{"recipe":1,"root":"elsewhere","files":{}}')
  mkdirSync(join(place, unfinished, 'apt'), { recursive: true })

  const away = { ...process.env, http_proxy: 'http://127.0.0.1:9', https_proxy: 'http://127.0.0.1:9' }
  const first = await fetchPackages({ folder: place, env: away, progress: noProgress }).catch(
    (thrown: unknown) => thrown,
  )
  expect(first).toMatchObject({
    code: 'no-network',
    message: `TimescaleDB and Redis could not be downloaded: the Debian mirror cannot be reached. Connect this machine to the network and run this again. Or: ${ADVICE}`,
  })
  expect(readdirSync(place)).toEqual([name])

  const sentences: string[] = []
  const ask = () => fetchPackages({ folder: place, env: process.env, progress: (sentence) => sentences.push(sentence) })
  const second = await Promise.all([ask(), ask()]).catch((error: unknown) => error)
  if (second instanceof ServiceError && second.code === 'no-network') context.skip(`not tried: ${second.message}`)
  expect(second).toEqual([second, second].map(() => (second as unknown[])[0]))
  expect(sentences.filter((sentence) => sentence.startsWith('Unpacking'))).toHaveLength(1)
  expect(sentences).toContain('Another process is fetching TimescaleDB and Redis; waiting for it.')
  expect(sentences.filter((sentence) => /^Downloading .*%/.test(sentence)).length).toBeGreaterThan(3)
  expect(readdirSync(place)).toEqual([name])

  sentences.length = 0
  await ask()
  expect(sentences).toEqual([])
}, 120_000)

test('a data folder on a full disk', async (context) => {
  const disk = join(folder, 'disk')
  if (!mountSmallDisk(disk)) context.skip('not tried: this user may not mount a small disk')
  const packages = await sharedPackages()
  try {
    const fetching = fetchPackages({ folder: disk, env: process.env, progress: noProgress })
    await expect(fetching).rejects.toMatchObject({ code: 'disk-full' })
    const starting = startPrivatePostgres({ packages, folder: join(disk, 'postgres') })
    await expect(starting).rejects.toMatchObject({
      code: 'disk-full',
      message: `The disk that holds ${join(disk, 'postgres')} is full. Free some space (1 GB is enough to begin) and run this again; what was half written is written anew.`,
    })
    execFileSync('mount', ['-o', 'remount,size=300m', disk])
    const server = await startPrivatePostgres({ packages, folder: join(disk, 'postgres') })
    await server.stop()
  } finally {
    execFileSync('umount', ['--lazy', disk])
  }
})

function mountSmallDisk(place: string): boolean {
  mkdirSync(place)
  if (process.getuid?.() !== 0) return false
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=20m,mode=755', 'none', place], { stdio: 'ignore' })
    return true
  } catch (error) {
    if (typeof (error as { status?: unknown }).status === 'number') return false
    throw error
  }
}
