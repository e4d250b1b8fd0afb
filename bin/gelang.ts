#!/usr/bin/env node
// The `gelang` command. Each subcommand is a file of its own; here are only their names and options.
import { Command, Option } from 'commander'
import { ROLES_OF_PROCESS, SETTINGS } from './process/settings.ts'

const program = new Command('gelang')
  .description('Electronic-monitoring telemetry: bracelets report, Gelang judges, stores and alerts.')
  .version('0.1.0')
  .showHelpAfterError('(gelang --help lists the commands)')
  .addHelpText(
    'after',
    `\nEnvironment:\n${Object.values(SETTINGS)
      .map(({ name, meaning }) => `  ${name.padEnd(28)} ${meaning}`)
      .join('\n')}\n`,
  )

program
  .command('serve')
  .description('run the server, or some of its roles, in this process')
  .addOption(
    new Option('--roles <list>', `comma-separated, of ${ROLES_OF_PROCESS.join(', ')}`).default(
      ROLES_OF_PROCESS.join(','),
    ),
  )
  .action(async (options: { roles: string }) => (await import('./commands/serve.ts')).serve(options.roles))

program
  .command('migrate')
  .description('bring the database (DATABASE_URL) to this version; safe when two start at once')
  .action(async () => (await import('./commands/migrate.ts')).migrateCommand())

program
  .command('services')
  .description('a private TimescaleDB and Redis on this machine, where none is given')
  .argument('<up|down|status>')
  .option('--folder <path>', 'where their data lives', '.local/data')
  .action(async (act: string, options: { folder: string }) =>
    (await import('./commands/services.ts')).servicesCommand(act, options),
  )

program
  .command('audit')
  .description('look whether the audit is what was written (AUDIT_DATABASE_URL); ends with 1 where it is not')
  .argument('<verify>')
  .option('--heads <file>', 'signed ends of the chain, as record wrote them or a syslog of them (GELANG_AUDIT_KEY)')
  .action(async (act: string, options: { heads?: string }) => {
    if (act !== 'verify') throw new Error(`"gelang audit ${act}" is not known: verify`)
    const { auditVerify } = await import('./commands/audit.ts')
    if (!(await auditVerify(options, process.env, console.log))) process.exitCode = 1
  })

program
  .command('database-logins')
  .description('make the logins of TimescaleDB (DATABASE_URL names an administrator) and files of their addresses')
  .option('--folder <path>', 'where the files are kept, one a role, readable by their owner only', '.local/secrets')
  .action(async (options: { folder: string }) =>
    (await import('./commands/database-logins.ts')).databaseLoginsCommand(options),
  )

program
  .command('redis-users')
  .description(
    'make a user of Redis for each role (as REDIS_URL), with the rights that it needs; prints the files of their secrets',
  )
  .option(
    '--folder <path>',
    'where their addresses, passwords and the key of the rules are kept, a file a role',
    '.local/secrets',
  )
  .action(async (options: { folder: string }) => (await import('./commands/redis-users.ts')).redisUsersCommand(options))

program
  .command('init')
  .description('make the first unit and the first Admin TI (DATABASE_URL), and print a one-time link to set a password')
  .requiredOption('--unit <name>', 'name of the highest unit, "Ditjenpas"')
  .requiredOption('--admin <name, NIP>', 'who runs it: "Nama, 18 digits"')
  .action(async (options: { unit: string; admin: string }) =>
    (await import('./commands/init.ts')).initCommand(options, process.env, console.log),
  )

program
  .command('device-key')
  .description("print a bracelet's preshared TLS key (derived from GELANG_DEVICE_KEY)")
  .argument('<id>', 'device id of the bracelet')
  .action(async (id: string) =>
    (await import('./commands/device-key.ts')).deviceKeyCommand(id, process.env, console.log),
  )

const people = () => import('./commands/people.ts')
for (const what of ['unit', 'officer'] as const) {
  const group = program.command(what).description(`${what}s, as the owner of the schema (DATABASE_URL)`)
  group
    .command('import')
    .description('add those of a CSV file, all or none')
    .argument('<file>')
    .option('--dry-run', 'say what would be, and change nothing', false)
    .action(async (file: string, options: { dryRun: boolean }) => {
      if (!(await (await people()).importCommand(what, file, options, process.env, console.log))) process.exitCode = 1
    })
  group
    .command('list')
    .description('print them as CSV')
    .action(async () => {
      const { listUnitsCommand, listOfficersCommand } = await people()
      await (what === 'unit' ? listUnitsCommand : listOfficersCommand)(process.env, console.log)
    })
  if (what === 'unit') continue
  group
    .command('invite')
    .description('print a one-time link to set a password')
    .argument('<nip>')
    .action(async (nip: string) => (await people()).inviteCommand(nip, process.env, console.log))
  for (const act of ['deactivate', 'reactivate'] as const)
    group
      .command(act)
      .argument('<nip>')
      .action(async (nip: string) =>
        (await people()).activateCommand(nip, act === 'reactivate', process.env, console.log),
      )
}

program
  .command('import')
  .description('klien as another system lists them, as the owner of the schema (DATABASE_URL)')
  .command('sdp')
  .description(
    'take in, change and end klien by an SDP export (CSV, JSON or XLSX); again with the same file: no change',
  )
  .argument('<file>')
  .requiredOption('--map <yaml>', 'which of its columns is which field (docs/sdp-map.example.yaml)')
  .requiredOption('--as <nip>', 'who imports: an active Kasubsi, Kepala or Admin TI, author of the versions')
  .option('--dry-run', 'say what would be, and change nothing', false)
  .action(async (file: string, options: { map: string; as: string; dryRun: boolean }) => {
    const { importSdpCommand } = await import('./commands/import-sdp.ts')
    if (!(await importSdpCommand(file, options, process.env, console.log))) process.exitCode = 1
  })

program
  .command('account')
  .description('make a login for an officer (the password is read from GELANG_NEW_PASSWORD)')
  .requiredOption('--officer <id>', "the officer's id (UUID)")
  .requiredOption('--username <name>', 'the name to log in with')
  .action(async (options: { officer: string; username: string }) =>
    (await import('./commands/account.ts')).accountCommand(options),
  )

program
  .command('simulate')
  .description('let a simulated fleet live, sending to a running server')
  .option('--fleet <file>', 'a fleet as "gelang demo" writes it', '.local/data/fleet.json')
  .option('--seed <n>', 'seed of everything that is chance', '1')
  .option('--speed <factor>', 'times faster than life', '1')
  .option('--for <seconds>', 'stop after so many real seconds')
  .option('--osmand <url>', 'OsmAnd listener', 'http://127.0.0.1:5055')
  .option('--gateway <url>', 'gateway WebSocket', 'ws://127.0.0.1:8090/v1/gateway')
  .option(
    '--outage <unit,after,lasts>',
    'no network for a whole unit: its path, begins after s, lasts s, simulated time',
  )
  .option('--truth', 'print what really happens, one JSON object a line')
  .action(async (options) => (await import('./commands/simulate.ts')).simulateCommand(options))

program
  .command('replay')
  .description('send a recorded track (GPX, CSV, GeoJSON) through the real ingest as a bracelet')
  .argument('<file>')
  .requiredOption('--as <id>', 'device id of the bracelet')
  .option('--to <url>', 'OsmAnd listener', 'http://127.0.0.1:5055')
  .option('--token <secret>', "the bracelet's secret (default: GELANG_DEVICE_SECRET)")
  .option('--speed <factor>', 'times faster than it was recorded; 0 = as fast as it is answered', '0')
  .addOption(
    new Option('--order <order>', 'in which the points are sent').choices(['file', 'oldest', 'newest']).default('file'),
  )
  .option('--shift', 'move all times so that the newest point is now (old recordings are refused as ancient otherwise)')
  .action(async (file: string, options) => (await import('./commands/replay.ts')).replayCommand(file, options))

program
  .command('backtest')
  .description('what a plan would have raised on a recorded track: the engine alone, no server, no services')
  .requiredOption('--plan <file>', 'plan and zones (docs/plan.md)')
  .requiredOption('--track <file>', 'GPX, CSV or GeoJSON')
  .option('--json', 'one JSON object')
  .action(async (options) => (await import('./commands/backtest.ts')).runBacktest(options, console.log))

program
  .command('decode')
  .description('decode frames from standard input, one a line, all of one connection; no services needed')
  .requiredOption(
    '--protocol <name>',
    'gt06, h02, iw, jt808, laipac, megastek, osmand, owntracks, r16h, teltonika, watch or xexun3',
  )
  .option('--no-checksum', 'accept wrong checksums')
  .action(async (options) => (await import('./commands/decode.ts')).decodeCommand(options))

program.parseAsync().catch((error: unknown) => {
  // The sentence for people; the stack only where it helps find a bug.
  console.error(error instanceof Error ? error.message : String(error))
  if (process.env.GELANG_LOG_LEVEL === 'debug') console.error(error)
  // Connections that a failed start left open must not keep the process.
  process.exit(1)
})
