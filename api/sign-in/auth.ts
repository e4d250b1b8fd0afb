// Login by better-auth: officers' accounts with user name and password. Accounts are made by us, never by sign-up.
import { betterAuth } from 'better-auth'
import { username } from 'better-auth/plugins'
import type { Log } from '../../model/observe.ts'
import type { Pool } from '../../store/database/open-pool.ts'
import { hashPassword, isCurrentHash, passwordMatches } from './passwords.ts'
import { SESSION_HOURS_MAX } from './session-hours.ts'

const HOUR_MS = 3_600_000
const PASSWORD_CHARS_MIN = 12
const PASSWORD_CHARS_MAX = 128
/** Set by us (client-address.ts) for the list of sessions; whatever a client sends under this name is overwritten. */
export const CLIENT_ADDRESS_HEADER = 'x-gelang-client-address'

type AuthSettings = {
  /** Pool of the role gelang_auth, with `auth` as its search path. */
  pool: Pool
  /** Where the officers' browsers find us, https where it is public. */
  baseUrl: string
  /** Further origins under which the same console is opened. */
  allowedOrigins: readonly string[]
  /** At least 32 random characters; signs the session cookie. */
  secret: string
  /** How long a new session of this account may last; absent: the longest time of any role. */
  sessionHours?: (userId: string) => Promise<number>
  log: Log
}

/** The officers' login. Throws where the secret is too short. */
export function createAuth({ pool, baseUrl, allowedOrigins, secret, sessionHours, log }: AuthSettings) {
  const secure = baseUrl.startsWith('https:')
  if (secret.length < 32) throw new RangeError(`the session secret needs 32 characters or more, not ${secret.length}`)
  return betterAuth({
    database: pool,
    baseURL: baseUrl,
    basePath: '/api/auth',
    secret,
    trustedOrigins: [...allowedOrigins],
    emailAndPassword: {
      enabled: true,
      disableSignUp: true,
      minPasswordLength: PASSWORD_CHARS_MIN,
      maxPasswordLength: PASSWORD_CHARS_MAX,
      password: { hash: hashPassword, verify: passwordMatches },
    },
    plugins: [
      username({
        minUsernameLength: 3,
        maxUsernameLength: 64,
        usernameValidator: (name) => /^[a-z0-9._-]+$/i.test(name),
      }),
    ],
    // Its end is fixed when it begins; nothing prolongs it.
    session: { expiresIn: SESSION_HOURS_MAX * 3600, disableSessionRefresh: true },
    databaseHooks: {
      session: {
        create: {
          async before(session) {
            const hours = (await sessionHours?.(session.userId)) ?? SESSION_HOURS_MAX
            return { data: { expiresAt: new Date(session.createdAt.getTime() + hours * HOUR_MS) } }
          },
        },
      },
    },
    // sign-in-limits.ts counts; it can distinguish the officers of one office.
    rateLimit: { enabled: false },
    advanced: {
      // __Host-: no other host of the domain can set it. The library's own prefix would be __Secure-.
      cookiePrefix: secure ? '__Host-gelang' : 'gelang',
      useSecureCookies: false,
      defaultCookieAttributes: { httpOnly: true, sameSite: 'strict', path: '/', secure },
      ipAddress: { ipAddressHeaders: [CLIENT_ADDRESS_HEADER] },
      disableCSRFCheck: false,
      disableOriginCheck: false,
      // The schema is store's, and is checked when it is migrated; not by reading the catalogue at the first sign-in.
      database: { validateSchema: false },
    },
    telemetry: { enabled: false },
    logger: {
      level: 'warn',
      // Of what comes with it only an error's own words: the rest may hold addresses and names.
      log: (level, message, ...rest) => {
        const error = rest.find((each) => each instanceof Error)
        const cause = error?.cause instanceof Error ? error.cause : error
        const how = level === 'debug' || level === 'info' ? 'debug' : 'warn'
        log[how](cause ? { reason: cause.message } : {}, `login: ${message}`)
      },
    },
  })
}

export type Auth = ReturnType<typeof createAuth>

/** The name of the cookie that carries a session. */
export function sessionCookieName(baseUrl: string): string {
  return `${baseUrl.startsWith('https:') ? '__Host-' : ''}gelang.session_token`
}

/** Keeps the password, which has just been right, as passwords are kept today. */
export async function upgradeHash(auth: Auth, userId: string, password: string): Promise<void> {
  const { internalAdapter } = await auth.$context
  const kept = (await internalAdapter.findCredentialAccount(userId))?.password
  if (kept && !isCurrentHash(kept)) await internalAdapter.updatePassword(userId, await hashPassword(password))
}

type NewAccount = { username: string; password: string; name: string }

/**
 * Makes an officer's account and gives its user id, which the caller stores with the officer. Throws where the name is
 * taken or the password too short.
 */
export async function createAccount(auth: Auth, account: NewAccount): Promise<string> {
  const context = await auth.$context
  const known = await userNamed(context, account.username)
  if (known !== undefined && (await context.internalAdapter.findCredentialAccount(known)) !== null)
    throw new Error(`the name ${account.username} is taken`)
  return setPassword(auth, account, known)
}

/**
 * Sets the password of an account, `userId` or the one that carries the name; makes it where there is none. The caller has
 * made sure that the name is this officer's. Gives the user id.
 */
export async function setPassword(auth: Auth, account: NewAccount, userId?: string): Promise<string> {
  const { password, name } = account
  if (password.length < PASSWORD_CHARS_MIN || password.length > PASSWORD_CHARS_MAX)
    throw new RangeError(
      `a password has ${PASSWORD_CHARS_MIN} to ${PASSWORD_CHARS_MAX} characters, not ${password.length}`,
    )
  const context = await auth.$context
  const { internalAdapter } = context
  const username = account.username.toLowerCase()
  // A crash may have left a user without an officer, with a password or without.
  const known = userId ?? (await userNamed(context, username))
  const hash = await context.password.hash(password)
  if (known !== undefined && (await internalAdapter.findCredentialAccount(known)) !== null) {
    await internalAdapter.updatePassword(known, hash)
    return known
  }
  const id = known ?? (await newUser(context, { username, displayUsername: account.username, name }))
  await internalAdapter.linkAccount({ userId: id, accountId: id, providerId: 'credential', password: hash })
  return id
}

type AuthContext = Awaited<Auth['$context']>

async function newUser(
  { internalAdapter }: AuthContext,
  user: { username: string; displayUsername: string; name: string },
): Promise<string> {
  // The library wants an address; mail is never sent to it.
  const email = `${user.username}@accounts.invalid`
  const made = await internalAdapter.createUser({ ...user, email, emailVerified: false }, { method: 'admin' })
  return made.id
}

async function userNamed({ adapter }: AuthContext, username: string): Promise<string | undefined> {
  const user = await adapter.findOne<{ id: string }>({
    model: 'user',
    where: [{ field: 'username', value: username.toLowerCase() }],
  })
  return user?.id
}
