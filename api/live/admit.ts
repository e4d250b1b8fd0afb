import { asOfficer } from '../../store/database/transaction.ts'
import { Refusal } from '../answer/refusal.ts'
import type { Admission, LiveConnection } from './connection.ts'
import { decodeCursor } from './cursor.ts'
import type { LiveFeed } from './feed.ts'
import type { ScopeParts } from './keep-scopes.ts'
import { loadScope } from './scope.ts'

type Around = {
  closed(): boolean
  feed: LiveFeed
  connections: ReadonlySet<LiveConnection>
  /** How many changes of scopes have been announced. */
  changes(): number
}

/** Decides about a console's connection, and from where it reads on. Throws a Refusal. */
export async function admit(
  parts: ScopeParts & { shardCount: number },
  { closed, feed, connections, changes }: Around,
  credentials: Headers,
  cursorText: string | undefined,
): Promise<Admission> {
  const { sessions, apiPool, shardCount, limits, clock, maps } = parts
  const signedIn = await sessions.signedIn(credentials)
  if (closed() || feed.away) throw new Refusal(503, 'redis_away', 'there is no live data now')
  const { officerId } = signedIn.officer
  const own = [...connections].filter((other) => other.signedIn.officer.officerId === officerId)
  if (own.length >= limits.connectionsPerOfficerMax || connections.size >= limits.connectionsMax)
    throw new Refusal(429, 'too_many_connections', 'too many live feeds are open')
  const changesBefore = changes()
  const scope = await loadScope(apiPool, officerId, clock())
  if (scope.positionsOf.size > 0)
    await asOfficer(apiPool, officerId, (client) =>
      maps.note(client, signedIn.session.id, signedIn.officer.unitPath, 'live'),
    )
  const known = { signedIn, scope, credentials, changes: changesBefore }
  const cursor = cursorText === undefined ? undefined : decodeCursor(cursorText, shardCount, scope.membersKey)
  if (cursor !== undefined && (await feed.canResume(cursor))) return { ...known, cursor, resumed: true }
  return { ...known, cursor: await feed.unrecorded(), resumed: false }
}
