import { spawn } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { discardServices, ensureServices, stopServices } from '../../local-services/ensure-services.ts'
import { servicesDown, servicesStatus, servicesUp } from '../../local-services/services-command.ts'
import { ownFolder, sharedPackages } from '../setup/own-services.ts'

const LOCAL = resolve(import.meta.dirname, '../../.local')
const folders: string[] = []
let bin: string

beforeAll(async () => {
  await sharedPackages()
  bin = join(await ownFolder(), 'bin')
  mkdirSync(bin)
  docker('exit 1')
})

afterAll(async () => {
  for (const folder of folders) await discardServices({ folder, env: environment() })
})

/** Nothing given, and a `docker` that the test has written. */
function environment(given: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const { DATABASE_URL: _, REDIS_URL: __, ...rest } = process.env
  return { ...rest, PATH: `${bin}:${rest.PATH}`, ...given }
}

function docker(script: string): void {
  writeFileSync(join(bin, 'docker'), `#!/bin/sh\n${script}\n`)
  chmodSync(join(bin, 'docker'), 0o755)
}

async function options(given?: NodeJS.ProcessEnv) {
  const folder = join(await ownFolder(), 'data')
  folders.push(folder)
  const sentences: string[] = []
  return {
    folder,
    packagesFolder: LOCAL,
    env: environment(given),
    progress: (sentence: string) => void sentences.push(sentence),
    sentences,
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url })
  try {
    await client.connect()
    await client.end()
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ECONNREFUSED') return false
    throw error
  }
}

test('what is given is used and nothing is started', async () => {
  const given = { DATABASE_URL: 'postgres://them/db', REDIS_URL: 'redis://them' }
  const all = await options(given)
  const services = await ensureServices(all)
  expect(services).toMatchObject({ databaseUrl: given.DATABASE_URL, redisUrl: given.REDIS_URL, how: 'given' })
  await services.stop()
  expect(existsSync(all.folder)).toBe(false)
})

test('what is not given is started beside what is', async () => {
  const all = await options({ REDIS_URL: 'redis://them' })
  const services = await ensureServices(all)
  expect(services).toMatchObject({ redisUrl: 'redis://them', how: 'private' })
  expect(await answers(services.databaseUrl)).toBe(true)
  expect(existsSync(join(all.folder, 'redis'))).toBe(false)
  await services.stop()
  expect(await answers(services.databaseUrl)).toBe(false)
})

test('two who start at once on one folder share the services', async () => {
  const all = await options()
  const [one, two] = await Promise.all([ensureServices(all), ensureServices(all)])
  expect(one.databaseUrl).toBe(two.databaseUrl)
  expect(one.redisUrl).toBe(two.redisUrl)
  await one.stop()
})

test('services of a process that was killed are taken over, data and all, and ended', async () => {
  const all = await options()
  const child = spawn(
    process.execPath,
    ['--import', 'tsx', '--input-type=module', '--eval', HOLDER, all.folder, LOCAL],
    {
      env: all.env,
      cwd: resolve(LOCAL, '..'),
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  )
  const [line] = await new Promise<string[]>((done) =>
    createInterface(child.stdout).once('line', (text) => done([text])),
  )
  const started = JSON.parse(line as string)

  const beside = await ensureServices(all)
  expect(beside.databaseUrl).toBe(started.databaseUrl)
  await beside.stop()
  expect(await answers(started.databaseUrl)).toBe(true)

  child.kill('SIGKILL')
  await new Promise((done) => child.once('exit', done))
  const after = await ensureServices(all)
  expect(after.databaseUrl).toBe(started.databaseUrl)
  await after.stop()
  expect(await answers(started.databaseUrl)).toBe(false)
})

const HOLDER = `
import { ensureServices } from './local-services/ensure-services.ts'
const [folder, packagesFolder] = process.argv.slice(1)
const { databaseUrl } = await ensureServices({ folder, packagesFolder, env: process.env, progress: console.error })
console.log(JSON.stringify({ databaseUrl }))
setInterval(() => undefined, 1000)
`

test('when one cannot start on its data the other does not stay behind', async () => {
  const all = await options()
  mkdirSync(join(all.folder, 'redis', 'appendonlydir'), { recursive: true })
  writeFileSync(join(all.folder, 'redis', 'appendonlydir', 'appendonly.aof.manifest'), 'not a manifest')
  const error = await ensureServices(all).catch((thrown: unknown) => thrown)
  expect(error).toMatchObject({ code: 'did-not-start', detail: expect.stringContaining('manifest') })
  expect((error as Error).message).toBe(
    `Redis did not start on the data in ${join(all.folder, 'redis')}. Its last words are in ${join(all.folder, 'redis', 'server.log')}.`,
  )
  expect(await servicesStatus(all)).toEqual({ how: 'private', databaseUrl: undefined, redisUrl: undefined })
  rmSync(join(all.folder, 'redis', 'appendonlydir'), { recursive: true })
  const services = await ensureServices(all)
  expect(await answers(services.databaseUrl)).toBe(true)
  await services.stop()
})

test('up leaves them running for others, status says where, down ends them', async () => {
  const all = await options()
  expect(await servicesStatus(all)).toEqual({ how: 'private', databaseUrl: undefined, redisUrl: undefined })
  const { databaseUrl, redisUrl } = await servicesUp(all)
  const demo = await ensureServices(all)
  expect(demo.databaseUrl).toBe(databaseUrl)
  await demo.stop()
  expect(await servicesStatus(all)).toEqual({ how: 'private', databaseUrl, redisUrl })
  expect(await answers(databaseUrl)).toBe(true)
  expect(await servicesDown(all)).toBe(true)
  expect(await servicesStatus(all)).toEqual({ how: 'private', databaseUrl: undefined, redisUrl: undefined })
  expect(await servicesDown(all)).toBe(false)
})

test('a Docker engine that answers runs them', async () => {
  const all = await options()
  const calls = join(all.folder, 'calls')
  docker(
    `echo "$GELANG_POSTGRES_PORT $GELANG_REDIS_PORT $GELANG_POSTGRES_PASSWORD $GELANG_REDIS_PASSWORD $*" >> ${calls}`,
  )
  const services = await ensureServices(all)
  const up = readFileSync(calls, 'utf8')
    .split('\n')
    .find((line) => / up --detach --wait/.test(line)) as string
  const [postgresPort, redisPort, password, redisPassword] = up.split(' ')
  expect(services).toMatchObject({
    databaseUrl: `postgres://gelang:${password}@127.0.0.1:${postgresPort}/gelang`,
    redisUrl: `redis://gelang:${redisPassword}@127.0.0.1:${redisPort}`,
    how: 'docker',
  })
  expect(up).toContain(`compose --file ${resolve(LOCAL, '../compose.yaml')} --project-name gelang-`)
  expect(existsSync(join(all.folder, 'postgres'))).toBe(false)
  await services.stop()
  expect(readFileSync(calls, 'utf8').trimEnd()).toMatch(/ stop$/)

  docker('exit 1')
  await expect(ensureServices(all)).rejects.toMatchObject({ code: 'docker-away' })
})

test('an engine that cannot run them gives way to packages, and says so', async () => {
  const all = await options()
  docker('case "$*" in *" up "*) echo "no route to the images" >&2; exit 1;; esac')
  const services = await ensureServices(all)
  expect(services.how).toBe('private')
  expect(all.sentences).toContain(
    'Docker could not start them, so private packages are used instead. It said: no route to the images',
  )
  docker('exit 0')
  await services.stop()
  const again = await ensureServices(all)
  expect(again.how).toBe('private')
  expect(await stopServices(all)).toBe(true)
})
