import { createHash, randomBytes } from 'node:crypto'
import { existsSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { pickPort } from './pick-port.ts'
import { runCommand } from './run-command.ts'
import { readRecord, writeRecord } from './running-process.ts'
import { lastLines } from './service-error.ts'
import { REDIS_USER } from './start-redis.ts'

/** Of an earlier version `redisPassword` is absent: its Redis had none, and gets one with the next start. */
type DockerRecord = { password: string; redisPassword?: string; postgresPort: number; redisPort: number }

const ANSWER_MS_MAX = 5_000
const PULL_MS_MAX = 900_000

/** True when the data of this folder were begun in containers. */
export function beganInDocker(folder: string): boolean {
  return existsSync(recordFile(folder))
}

/** True when a Docker engine answers and can read compose files. */
export async function dockerAnswers(env: NodeJS.ProcessEnv): Promise<boolean> {
  for (const args of [['info'], ['compose', 'version']]) {
    const { code } = await runCommand('docker', args, { env, timeoutMs: ANSWER_MS_MAX })
    if (code !== 0) return false
  }
  return true
}

/** The addresses of this folder's containers, or undefined (said through `progress`) when the engine cannot run them. */
export async function startDockerServices(
  folder: string,
  env: NodeJS.ProcessEnv,
  progress: (sentence: string) => void,
) {
  const earlier = readRecord<DockerRecord>(recordFile(folder))
  if (earlier?.redisPassword && (await bothRun(folder, earlier, env))) return addressOf(earlier)
  const record: DockerRecord = {
    password: earlier?.password ?? randomBytes(24).toString('base64url'),
    redisPassword: earlier?.redisPassword ?? randomBytes(24).toString('base64url'),
    postgresPort: await pickPort(earlier?.postgresPort),
    redisPort: await pickPort(earlier?.redisPort),
  }
  writeRecord(recordFile(folder), record)
  progress('Starting TimescaleDB and Redis in Docker (their images are downloaded at the first time).')
  const up = await compose(folder, record, ['up', '--detach', '--wait', '--quiet-pull'], env)
  if (up.code !== 0) {
    progress(
      `Docker could not start them, so private packages are used instead. It said: ${lastLines(up.output).split('\n').pop()}`,
    )
    await compose(folder, record, ['down', '--volumes'], env)
    rmSync(recordFile(folder), { force: true })
    return undefined
  }
  return addressOf(record)
}

/** The addresses of this folder's containers while both run. */
export async function readDockerAddress(folder: string, env: NodeJS.ProcessEnv) {
  const record = readRecord<DockerRecord>(recordFile(folder))
  return record?.redisPassword && (await bothRun(folder, record, env)) ? addressOf(record) : undefined
}

/** True when there were containers of this folder to stop. */
export async function stopDockerServices(folder: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const record = readRecord<DockerRecord>(recordFile(folder))
  if (!record) return false
  return (await compose(folder, record, ['stop'], env)).code === 0
}

/** Removes the containers of this folder and their data. */
export async function discardDockerServices(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const record = readRecord<DockerRecord>(recordFile(folder))
  if (record) await compose(folder, record, ['down', '--volumes'], env)
}

function compose(folder: string, record: DockerRecord, args: readonly string[], env: NodeJS.ProcessEnv) {
  const project = `gelang-${createHash('sha256').update(resolve(folder)).digest('hex').slice(0, 12)}`
  const settings = {
    GELANG_POSTGRES_PASSWORD: record.password,
    GELANG_REDIS_PASSWORD: record.redisPassword ?? '',
    GELANG_POSTGRES_PORT: String(record.postgresPort),
    GELANG_REDIS_PORT: String(record.redisPort),
  }
  const place = ['compose', '--file', composeFile(), '--project-name', project]
  return runCommand('docker', [...place, ...args], { env: { ...env, ...settings }, timeoutMs: PULL_MS_MAX })
}

/** At the repository's root: one folder above the sources, two above the built files. */
function composeFile(): string {
  const places = [resolve(import.meta.dirname, '../compose.yaml'), resolve(import.meta.dirname, '../../compose.yaml')]
  const found = places.find((place) => existsSync(place))
  if (found === undefined) throw new Error(`compose.yaml is in none of ${places.join(', ')}`)
  return found
}

function recordFile(folder: string): string {
  return join(folder, 'docker.json')
}

async function bothRun(folder: string, record: DockerRecord, env: NodeJS.ProcessEnv): Promise<boolean> {
  const { code, output } = await compose(folder, record, ['ps', '--services', '--status', 'running'], env)
  const running = output.split('\n')
  return code === 0 && running.includes('postgres') && running.includes('redis')
}

function addressOf(record: DockerRecord) {
  return {
    databaseUrl: `postgres://gelang:${record.password}@127.0.0.1:${record.postgresPort}/gelang`,
    redisUrl: `redis://${REDIS_USER}:${record.redisPassword}@127.0.0.1:${record.redisPort}`,
  }
}
