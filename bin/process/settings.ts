// The only place that reads the environment. One table: `gelang --help`, the checks at start and docs/operations.md come from it.
import type { Level } from '../../model/incident/sop-table.ts'
import { flag, networks, type Setting, secret, text, webhook, wholeNumber, words } from './setting-kinds.ts'

export const ROLES_OF_PROCESS = ['ingest', 'evaluate', 'record', 'notify', 'api'] as const
export type ProcessRole = (typeof ROLES_OF_PROCESS)[number]

const port = (name: string, meaning: string, otherwise: number) =>
  wholeNumber(name, meaning, { otherwise, min: 0, max: 65_535 })

/** Every variable. Each has a default that suits one machine, or is needed by some roles only (`required`). */
export const SETTINGS = {
  databaseUrl: secret(
    'DATABASE_URL',
    'TimescaleDB as the owner of the schema (migrate, account), or as an administrator (database-logins); the server does without',
  ),
  apiDatabaseUrl: secret(
    'API_DATABASE_URL',
    'TimescaleDB as the login gelang_api, as "gelang database-logins" makes it',
  ),
  recordDatabaseUrl: secret('RECORD_DATABASE_URL', 'the same as gelang_record'),
  authDatabaseUrl: secret('AUTH_DATABASE_URL', 'the same as gelang_auth'),
  auditDatabaseUrl: secret('AUDIT_DATABASE_URL', 'the same as gelang_audit (audit verify)'),
  auditKey: secret(
    'GELANG_AUDIT_KEY',
    "signs the ends of the audit's chain (record, audit verify), at least 32 characters; during a change an older one after a blank",
  ),
  auditHeads: text(
    'GELANG_AUDIT_HEADS',
    'where record writes the signed ends: a path on another disk, syslog://host or an http address',
  ),
  auditHeadsEverySeconds: wholeNumber('GELANG_AUDIT_HEADS_EVERY_S', 'and how often, in seconds (300)', {
    otherwise: 300,
    min: 1,
    max: 86_400,
  }),
  allowPrivilegedDatabase: flag(
    'GELANG_ALLOW_PRIVILEGED_DATABASE',
    '1: serve with a login that is a superuser, owns the tables, may bypass row security or become another role (never in production)',
  ),
  redisUrl: secret(
    'REDIS_URL',
    'Redis with appendonly and appendfsync always, as a user who may do everything (redis-users; and the roles below where they have no address of their own)',
  ),
  ingestRedisUrl: secret('GELANG_INGEST_REDIS_URL', 'the same as the user of ingest, as "gelang redis-users" makes it'),
  evaluateRedisUrl: secret('GELANG_EVALUATE_REDIS_URL', 'the same as the user of evaluate'),
  recordRedisUrl: secret('GELANG_RECORD_REDIS_URL', 'the same as the user of record'),
  notifyRedisUrl: secret('GELANG_NOTIFY_REDIS_URL', 'the same as the user of notify'),
  apiRedisUrl: secret('GELANG_API_REDIS_URL', 'the same as the user of api'),
  rulesKey: secret(
    'GELANG_RULES_KEY',
    'key that seals the rules published to Redis, at least 32 characters; the same for ingest, evaluate, record and notify',
  ),
  allowOpenRedis: flag('GELANG_ALLOW_OPEN_REDIS', '1: run on a Redis that asks for no password (never in production)'),
  redisCluster: flag('GELANG_REDIS_CLUSTER', '1: the address names one node of a Redis Cluster'),
  prefix: text('GELANG_PREFIX', 'first part of every Redis key (gelang)', 'gelang'),
  shardCount: wholeNumber('GELANG_SHARDS', 'shards of the report log (16); changing it needs an empty log', {
    otherwise: 16,
    min: 1,
    max: 4096,
  }),
  host: text('GELANG_HOST', 'address that the console and the device ports listen on (127.0.0.1)', '127.0.0.1'),
  apiHost: text('GELANG_API_HOST', 'the console and REST listen on this address instead'),
  deviceHost: text(
    'GELANG_DEVICE_HOST',
    'the device ports, the device API and the gateway WebSocket listen on this address instead',
  ),
  healthHost: text('GELANG_HEALTH_HOST', 'address that the health port listens on (127.0.0.1)', '127.0.0.1'),
  apiPort: port('GELANG_API_PORT', 'console and REST (8080)', 8080),
  ingestPort: port('GELANG_INGEST_PORT', 'device API and gateway WebSocket (8090)', 8090),
  osmandPort: port('GELANG_OSMAND_PORT', 'OsmAnd / Traccar Client (5055)', 5055),
  tcpPortOffset: wholeNumber(
    'GELANG_TCP_PORT_OFFSET',
    'added to the usual ports of the TCP protocols, for several instances on one machine (0)',
    { otherwise: 0, min: 0, max: 60_000 },
  ),
  mqttPort: port(
    'GELANG_MQTT_PORT',
    'OwnTracks over MQTT, usually 1883 (0 = off); over TLS too, on its own port, where the device ports are',
    0,
  ),
  udpProtocols: words(
    'GELANG_UDP_PROTOCOLS',
    'device protocols that are taken over UDP too, on their usual ports, comma-separated; datagrams prove nothing of their sender',
  ),
  healthPort: port('GELANG_HEALTH_PORT', '/healthz, /readyz and /metrics of this process (0 = off)', 0),
  baseUrl: text('GELANG_BASE_URL', 'address of the console as officers see it; https makes the cookies secure'),
  deviceKey: secret(
    'GELANG_DEVICE_KEY',
    'what the codes and TLS keys of bracelets are derived from, at least 32 characters; the same for every ingest. Absent: one that Redis keeps',
  ),
  deviceTlsCertificate: secret(
    'GELANG_DEVICE_TLS_CERTIFICATE',
    'certificate of the device ports with its chain, PEM; with it each device port is open over TLS too',
  ),
  deviceTlsKey: secret('GELANG_DEVICE_TLS_KEY', 'its private key, PEM'),
  deviceTlsClientAuthority: secret(
    'GELANG_DEVICE_TLS_CLIENT_AUTHORITY',
    'certificates of the authorities that sign the certificates of bracelets, PEM',
  ),
  deviceTlsPortOffset: wholeNumber(
    'GELANG_DEVICE_TLS_PORT_OFFSET',
    'added to each device port for its TLS port (10000)',
    { otherwise: 10_000, min: 1, max: 60_000 },
  ),
  authSecret: secret('GELANG_AUTH_SECRET', 'secret that signs sessions, at least 32 characters'),
  trustedProxies: networks(
    'GELANG_TRUSTED_PROXIES',
    'addresses or ranges of the reverse proxies before the console, comma-separated; from others a header about the client is not believed',
  ),
  clientAddressHeader: text(
    'GELANG_CLIENT_ADDRESS_HEADER',
    'header in which they name the client (x-forwarded-for)',
    'x-forwarded-for',
  ),
  tileUrl: text(
    'GELANG_TILE_URL',
    'map tiles, e.g. https://tiles.example/{z}/{x}/{y}.png; without it the console draws its own coast',
  ),
  tileAttribution: text('GELANG_TILE_ATTRIBUTION', 'who made the tiles'),
  webhookUrl: webhook('GELANG_WEBHOOK_URL', 'where notify posts alerts (a reference and a severity, no personal data)'),
  webhookKasubsiUrl: webhook(
    'GELANG_WEBHOOK_KASUBSI_URL',
    'where it posts those that nobody took in time, or that an officer escalates, for the Kasubsi or Kasi',
  ),
  webhookKepalaUrl: webhook(
    'GELANG_WEBHOOK_KEPALA_BAPAS_URL',
    'and those kritis ones that the Kasubsi let pass too, for the Kepala Bapas',
  ),
  webhookSecret: secret(
    'GELANG_WEBHOOK_SECRET',
    'signs what notify posts (Standard Webhooks): whsec_ and the Base64 of 24 to 64 random bytes; during a change a second one after a blank',
  ),
  webhookKasubsiSecret: secret(
    'GELANG_WEBHOOK_KASUBSI_SECRET',
    'the same for the second address (default: GELANG_WEBHOOK_SECRET)',
  ),
  webhookKepalaSecret: secret(
    'GELANG_WEBHOOK_KEPALA_BAPAS_SECRET',
    'the same for the third address (default: GELANG_WEBHOOK_SECRET)',
  ),
  noticeKey: secret(
    'GELANG_NOTICE_KEY',
    'encrypts the addresses of recipients that units enter (32 characters or more), the same for api and notify; without it only the addresses in these settings are notified',
  ),
  notifyNetworks: networks(
    'GELANG_NOTIFY_NETWORKS',
    'private networks that addresses entered on a page may lead to (none); addresses in these settings may lead anywhere',
  ),
  smtpUrl: secret('GELANG_SMTP_URL', 'the mail server, smtp://user:password@host:587 or smtps://'),
  mailFrom: text('GELANG_MAIL_FROM', 'who mail comes from, e.g. Gelang <gelang@bapas.example>'),
  smtpPlain: flag('GELANG_SMTP_PLAIN', '1: mail may go without TLS, for a server on the same machine'),
  vapidPublicKey: text('GELANG_VAPID_PUBLIC_KEY', 'public key of Web Push, 65 bytes in Base64url'),
  vapidPrivateKey: secret('GELANG_VAPID_PRIVATE_KEY', 'its private key; without it nothing is pushed'),
  vapidContact: text('GELANG_VAPID_CONTACT', 'whom a push service may ask: mailto: or https:'),
  telegramToken: secret('GELANG_TELEGRAM_TOKEN', 'token of the Telegram bot'),
  telegramUrl: text('GELANG_TELEGRAM_URL', 'its server (https://api.telegram.org)', 'https://api.telegram.org'),
  smsGateway: secret('GELANG_SMS_GATEWAY', 'JSON: how the SMS provider is called, see docs/operations.md'),
  whatsappGateway: secret('GELANG_WHATSAPP_GATEWAY', 'the same for WhatsApp'),
  leaseTtlMs: wholeNumber(
    'GELANG_LEASE_TTL_MS',
    'a process that says nothing for this long loses its shards to the others (5000)',
    { otherwise: 5000, min: 500, max: 600_000 },
  ),
  retainHours: wholeNumber('GELANG_RETAIN_HOURS', 'how far back a late report is judged from memory (24)', {
    otherwise: 24,
    min: 1,
    max: 24 * 90,
  }),
  retainEventsMax: wholeNumber('GELANG_RETAIN_EVENTS', 'and at most this many reports a wearer (4096)', {
    otherwise: 4096,
    min: 16,
    max: 100_000,
  }),
  trackRetentionDays: wholeNumber(
    'GELANG_TRACK_RETENTION_DAYS',
    'tracks older than this are dropped, a chunk at a time (0 = never)',
    { otherwise: 0, min: 0, max: 36_500 },
  ),
  quarantineRetentionDays: wholeNumber(
    'GELANG_QUARANTINE_RETENTION_DAYS',
    'quarantined frames older than this are dropped (90; 0 = never)',
    { otherwise: 90, min: 0, max: 36_500 },
  ),
  allowWeakDurability: flag(
    'GELANG_ALLOW_WEAK_DURABILITY',
    '1: run although Redis may lose answered reports (never in production)',
  ),
  virtualClock: text(
    'GELANG_VIRTUAL_CLOCK',
    'realMs,virtualMs,speed, or a file that says so: simulated time, for tests and simulations only',
  ),
  logLevel: text('GELANG_LOG_LEVEL', 'debug, info, warn or error (info)', 'info'),
} satisfies Record<string, Setting<unknown>>

type Read = { [K in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[K]['read']> }

export type Settings = Read & {
  /** Of the roles that have an address of their own. */
  redisUrls: Partial<Record<ProcessRole, string>>
  /** Where alerts go, by who has to act. */
  webhookUrls: Partial<Record<Level, string>>
  /** What signs them. */
  webhookSecrets: Partial<Record<Level, string>>
  retainMs: number
}

/** Throws a sentence naming the variable when a value cannot be used. */
export function readSettings(env: NodeJS.ProcessEnv): Settings {
  const read = Object.fromEntries(
    Object.entries(SETTINGS).map(([key, setting]) => [key, setting.read(env)]),
  ) as unknown as Read
  return {
    ...read,
    redisUrls: {
      ...(read.ingestRedisUrl && { ingest: read.ingestRedisUrl }),
      ...(read.evaluateRedisUrl && { evaluate: read.evaluateRedisUrl }),
      ...(read.recordRedisUrl && { record: read.recordRedisUrl }),
      ...(read.notifyRedisUrl && { notify: read.notifyRedisUrl }),
      ...(read.apiRedisUrl && { api: read.apiRedisUrl }),
    },
    webhookUrls: {
      ...(read.webhookUrl && { petugas: read.webhookUrl }),
      ...(read.webhookKasubsiUrl && { kasubsi: read.webhookKasubsiUrl }),
      ...(read.webhookKepalaUrl && { kepala_bapas: read.webhookKepalaUrl }),
    },
    webhookSecrets: {
      ...(read.webhookSecret && {
        petugas: read.webhookSecret,
        kasubsi: read.webhookSecret,
        kepala_bapas: read.webhookSecret,
      }),
      ...(read.webhookKasubsiSecret && { kasubsi: read.webhookKasubsiSecret }),
      ...(read.webhookKepalaSecret && { kepala_bapas: read.webhookKepalaSecret }),
    },
    retainMs: read.retainHours * 3_600_000,
  }
}

/** The value, or a sentence saying which variable is missing. */
export function required(value: string | undefined, name: string): string {
  if (value === undefined || value === '')
    throw new Error(`${name} is not set; "gelang services up" prints what to set`)
  return value
}
