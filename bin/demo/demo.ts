// `npm run demo`: everything on this machine – services, server processes, a simulated fleet, the map. `--for 60` runs so many
// seconds, checks that every answered report was judged and stored, and prints one JSON object.
import { mkdirSync } from 'node:fs'
import { resolve } from 'node:path'
import { Command } from 'commander'
import { ensureServices } from '../../local-services/ensure-services.ts'
import type { Role } from '../../model/access/roles.ts'
import type { Fleet } from '../../simulators/fleet-people.ts'
import { FleetRun, SCRIPTS_BEGIN_WITHIN_MS } from '../../simulators/run-fleet.ts'
import { ChildProcesses } from './child-processes.ts'
import { demoPorts } from './demo-ports.ts'
import { prepareDemo } from './demo-prepare.ts'
import { untilReady } from './demo-ready.ts'
import { measureDemo, workedBefore } from './demo-report.ts'
import { type LiveWatch, newestIncidents, signIn, watchLive } from './watch-live.ts'

const options = new Command('demo')
  .description('runs all of Gelang on this machine with a simulated fleet')
  .option('--for <seconds>', 'stop after so many seconds and report')
  .option('--wearers <n>', 'size of the fleet of a new database', '60')
  .option('--seed <n>', 'seed of the fleet of a new database', '1')
  .option('--folder <path>', 'where data, logs and secrets live', '.local')
  .parse()
  .opts<{ for?: string; wearers: string; seed: string; folder: string }>()

const SCRIPTS_AFTER_MS = 4000
const HISTORY_MS = 3 * 3_600_000

const say = (sentence: string): void => console.error(sentence)

/** Ctrl-C, a closed terminal or a polite kill, from the first moment on: what has been started by then is stopped. */
const stopped = new AbortController()
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => stopped.abort())

async function demo(): Promise<boolean> {
  const folder = resolve(options.folder)
  mkdirSync(folder, { recursive: true })
  const services = await ensureServices({
    folder: `${folder}/data`,
    packagesFolder: folder,
    env: process.env,
    progress: say,
  })
  let children: ChildProcesses | undefined
  try {
    if (stopped.signal.aborted) return true
    const ports = await demoPorts(say)
    const prepared = await prepareDemo({
      services,
      folder,
      wearers: Number(options.wearers),
      seed: Number(options.seed),
      ports,
      say,
    })
    if (stopped.signal.aborted) return true
    children = new ChildProcesses({
      logFolder: `${folder}/logs`,
      env: { ...process.env, ...prepared.environment },
      onExit: (name, reason) => {
        if (!stopped.signal.aborted) say(`${name} ended (${reason}); starting it again`)
      },
    })
    for (const [name, roles, healthPort] of ports.processes)
      children.start({
        name,
        roles,
        env: {
          ...Object.assign({}, ...roles.split(',').map((role) => prepared.roleEnvironment[role] ?? {})),
          GELANG_HEALTH_PORT: String(healthPort),
        },
      })
    await untilReady(
      ports.processes.map(([name, , port]) => [name, `http://127.0.0.1:${port}/readyz`]),
      say,
      stopped.signal,
    )
    return stopped.signal.aborted || (await live(prepared, ports))
  } finally {
    if (stopped.signal.aborted) say('Stopping.')
    await children?.stop()
    await services.stop()
  }
}

async function live(
  prepared: Awaited<ReturnType<typeof prepareDemo>>,
  ports: Awaited<ReturnType<typeof demoPorts>>,
): Promise<boolean> {
  const baseUrl = `http://127.0.0.1:${ports.api}`
  const watchers: LiveWatch[] = []
  const cookies: string[] = []
  for (const { username } of prepared.operators) {
    const cookie = await signIn(baseUrl, username, prepared.password)
    cookies.push(cookie)
    const watch = watchLive(baseUrl, cookie, Date.now)
    await watch.hello
    watchers.push(watch)
  }
  const before = options.for === undefined ? undefined : await workedBefore(ports)
  const startMs = Date.now()
  const common = {
    fleet: prepared.fleet,
    osmandUrl: `http://127.0.0.1:${ports.osmand}`,
    gatewayUrl: `ws://127.0.0.1:${ports.ingest}/v1/gateway`,
    clock: Date.now,
    onRefused: (deviceId: string, reason: string) => say(`${deviceId} was refused: ${reason}`),
  }
  const run = new FleetRun({
    ...common,
    fromMs: startMs,
    scriptsFromMs: startMs + SCRIPTS_AFTER_MS,
    historyMs: HISTORY_MS,
  })
  run.start()
  say(`\n  Gelang runs: ${baseUrl}\n  Log in with the password ${prepared.password} as`)
  for (const [role, usernames] of loginsByRole(prepared.fleet)) say(`    ${role.padEnd(14)} ${usernames.join(', ')}`)
  say(`  ${prepared.fleet.wearers.length} simulated bracelets report; Ctrl-C stops everything, the data stay.\n`)
  const printing = setInterval(() => {
    const { sent, answered } = run.counts()
    say(
      `  ${sent} reports sent, ${answered} answered, ${watchers.reduce((n, w) => n + w.incidents.size, 0)} incidents seen`,
    )
  }, 10_000)
  await untilStoppedOr(options.for === undefined ? undefined : Number(options.for) * 1000)
  clearInterval(printing)
  if (stopped.signal.aborted || before === undefined) {
    run.stop()
    for (const watch of watchers) watch.close()
    return true
  }
  const endedMs = Date.now()
  const counts = await run.finish()
  // An incident that continued all the time was not published again; an officer may even have resolved it.
  for (const [i, cookie] of cookies.entries())
    for (const incident of await newestIncidents(baseUrl, cookie)) {
      const known = watchers[i]!.incidents.get(incident.id)
      if (known === undefined || known.revision < incident.revision) watchers[i]!.incidents.set(incident.id, incident)
    }
  const scriptsBeganMs = startMs + SCRIPTS_AFTER_MS + SCRIPTS_BEGIN_WITHIN_MS
  const report = await measureDemo({
    counts,
    watchers,
    ports,
    prepared,
    sinceMs: startMs,
    before,
    scriptsBeganMs,
    endedMs,
  })
  for (const watch of watchers) watch.close()
  console.log(JSON.stringify(report, null, 2))
  return report.ok
}

/** Every role with its logins, at most four of one. */
function loginsByRole({ officers }: Fleet): Map<Role, string[]> {
  const logins = new Map<Role, string[]>()
  for (const { role, username } of officers) {
    const known = logins.get(role) ?? []
    if (known.length < 4) logins.set(role, [...known, username])
  }
  return logins
}

function untilStoppedOr(ms: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (stopped.signal.aborted) return resolve()
    const timer = ms === undefined ? undefined : setTimeout(resolve, ms)
    stopped.signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

demo().then(
  (ok) => {
    process.exitCode = ok ? 0 : 1
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error)
    process.exitCode = 1
  },
)
