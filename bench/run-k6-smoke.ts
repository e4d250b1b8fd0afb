// `npm run k6:smoke`: each k6 script for a few seconds against the real server on services of its own, and at the end everything that
// was answered must be stored. `-- --json FILE` writes the counts.

import { spawn, spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { discardServices, ensureServices } from '../local-services/ensure-services.ts'
import { migrate } from '../store/database/migrate.ts'
import { databaseEnvironment } from './system/database-environment.ts'
import { GATEWAY_ID, OPERATOR, seedUnit, speaksOsmand } from './system/seed-unit.ts'
import { type ServeProcess, startServeProcess } from './system/serve-process.ts'

type Script = { name: string; env: Record<string, string>; feed?: boolean }
type Outcome = { name: string; problems: string[]; answered: number }

const LOCAL = resolve(import.meta.dirname, '../.local')
const WEARERS = 60
const STORED_MS_MAX = 20_000
const QUIET = { debug: () => undefined, info: () => undefined, warn: console.warn, error: console.error }

async function smoke(resultFile: string | undefined): Promise<boolean> {
  const k6 = findK6()
  const folder = join(LOCAL, 'k6', String(process.pid))
  // Always of its own, whatever is given: the smoke run fills a database and throws it away.
  const env = { ...process.env, DATABASE_URL: '', REDIS_URL: '' }
  const services = await ensureServices({ folder, packagesFolder: LOCAL, env, progress: console.log })
  try {
    const { databaseUrl, redisUrl } = services
    const [authSecret, password, pepper] = Array.from({ length: 3 }, () => randomBytes(24).toString('hex')) as [
      string,
      string,
      string,
    ]
    const secretOf = (id: string) => `${id}-${pepper}`
    const addresses = await databaseEnvironment(databaseUrl)
    await migrate(databaseUrl, QUIET)
    const seed = { databaseUrl, wearers: WEARERS, nowMs: Date.now(), authSecret, password, secretOf, log: QUIET }
    const deviceIds = await seedUnit(seed)
    const serverEnv = {
      ...addresses,
      REDIS_URL: redisUrl,
      GELANG_AUTH_SECRET: authSecret,
      GELANG_RULES_KEY: authSecret,
    }
    const server = await startServeProcess(serverEnv, join(LOCAL, 'logs', 'k6-smoke.log'))
    try {
      const ofGateway = deviceIds.filter((_, n) => !speaksOsmand(n))
      const phones = deviceIds.filter((_, n) => speaksOsmand(n))
      const devices = phones.map((id) => `${id}:${secretOf(id)}`).join(',')
      const gateway = `${GATEWAY_ID}:${secretOf(GATEWAY_ID)}`
      const reporting = { BASE_URL: server.ingestUrl, GATEWAY: gateway, DEVICE_IDS: ofGateway.join(',') }
      const scripts: Script[] = [
        { name: 'report-api', env: reporting },
        { name: 'osmand', env: { OSMAND_URL: server.osmandUrl, DEVICES: devices } },
        {
          name: 'officers',
          env: { BASE_URL: server.apiUrl, OFFICERS: `${OPERATOR}:${password}`, EXPECT_POSITIONS: '1' },
          feed: true,
        },
      ]
      const outcomes: Outcome[] = []
      for (const script of scripts) {
        const feed = script.feed && runScript(k6, { name: 'report-api', env: reporting }, folder)
        const outcome = await runScript(k6, script, folder)
        outcomes.push(outcome)
        if (feed) outcome.answered += (await feed).answered
      }
      outcomes.push(await allStored(server, outcomes))
      return report(outcomes, resultFile)
    } finally {
      await server.stop()
    }
  } finally {
    await discardServices({ folder, env })
  }
}

/** From the path, or where `go install` puts it. */
function findK6(): string {
  const goPath = spawnSync('go', ['env', 'GOPATH'], { encoding: 'utf8' }).stdout?.trim()
  for (const k6 of ['k6', ...(goPath ? [join(goPath, 'bin', 'k6')] : [])])
    if (spawnSync(k6, ['version']).status === 0) return k6
  throw new Error('k6 is not installed: get it with your package manager, or "go install go.k6.io/k6@v1.8.1".')
}

async function runScript(k6: string, { name, env }: Script, folder: string): Promise<Outcome> {
  console.log(`\n${name}`)
  const summary = join(folder, `${name}-${randomBytes(4).toString('hex')}.json`)
  const settings = Object.entries({ MODE: 'smoke', ...env })
  const child = spawn(
    k6,
    [
      'run',
      '--quiet',
      '--no-color',
      '--no-usage-report',
      '--address=',
      '--summary-export',
      summary,
      join('bench/k6', `${name}.ts`),
    ],
    // As environment and not as -e: arguments can be read by everyone on the machine.
    {
      cwd: resolve(LOCAL, '..'),
      env: { ...process.env, ...Object.fromEntries(settings) },
      stdio: ['ignore', 'inherit', 'inherit'],
    },
  )
  const code = await new Promise<number | null>((done, failed) => {
    child.once('error', failed)
    child.once('exit', done)
  })
  const problems = code === 0 ? [] : [`k6 ended with code ${code}`]
  if (!existsSync(summary)) return { name, problems: [...problems, 'it wrote no summary'], answered: 0 }
  const { metrics } = JSON.parse(readFileSync(summary, 'utf8')) as { metrics: Record<string, { count?: number }> }
  return { name, problems, answered: metrics.reports_answered?.count ?? 0 }
}

/** Every answered report must be judged and in the table, once. */
async function allStored(server: ServeProcess, outcomes: readonly Outcome[]): Promise<Outcome> {
  const answered = outcomes.reduce((sum, outcome) => sum + outcome.answered, 0)
  let stored = 0
  let evaluated = 0
  for (let waitedMs = 0; waitedMs < STORED_MS_MAX && !(stored >= answered && evaluated >= answered); waitedMs += 200) {
    stored = await server.metric('gelang_record_reports_total', 'outcome="stored"')
    evaluated = await server.metric('gelang_evaluate_reports_total')
    await delay(200)
  }
  console.log(`\n${answered} reports answered, ${evaluated} evaluated, ${stored} stored`)
  const whole = stored === answered && evaluated === answered && answered > 0
  return { name: 'all that was answered is stored', problems: whole ? [] : ['the numbers differ'], answered: 0 }
}

function report(outcomes: readonly Outcome[], resultFile: string | undefined): boolean {
  const failed = outcomes.filter(({ problems }) => problems.length > 0)
  console.log()
  for (const { name, problems } of outcomes)
    console.log(`${problems.length > 0 ? 'FAILED' : 'passed'}  ${name}  ${problems.join('; ')}`)
  const counts = { numPassedTests: outcomes.length - failed.length, numFailedTests: failed.length }
  if (resultFile !== undefined) writeFileSync(resultFile, JSON.stringify(counts))
  return failed.length === 0
}

const { values } = parseArgs({ options: { json: { type: 'string' } } })
mkdirSync(join(LOCAL, 'logs'), { recursive: true })
process.exitCode = (await smoke(values.json)) ? 0 : 1
