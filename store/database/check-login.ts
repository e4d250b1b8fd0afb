import type { Db } from './open-pool.ts'

/** The login may do more than its role, so that an error in a query would open everything. */
export class PrivilegedLogin extends Error {
  override name = 'PrivilegedLogin'
}

// Roles by which a login reaches the server's files and programs, or every table.
const FAR_REACHING = `ARRAY['pg_execute_server_program', 'pg_read_server_files', 'pg_write_server_files', 'pg_read_all_data',
  'pg_write_all_data', 'pg_maintain', 'pg_signal_backend', 'pg_create_subscription']`

const RIGHTS = `
  SELECT session_user::text AS login, array_remove(ARRAY[
    CASE WHEN me.rolsuper THEN 'is a superuser' END,
    CASE WHEN me.rolbypassrls AND NOT me.rolsuper THEN 'may bypass row security' END,
    CASE WHEN me.rolcreaterole AND NOT me.rolsuper THEN 'may create roles' END,
    CASE WHEN me.rolreplication AND NOT me.rolsuper THEN 'may replicate' END,
    CASE WHEN EXISTS (SELECT FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace::regnamespace::text IN ('public', 'auth')
      AND pg_has_role(session_user, c.relowner, 'MEMBER')) AND NOT me.rolsuper THEN 'owns the tables' END,
    (SELECT 'may become ' || string_agg(r.rolname, ', ' ORDER BY r.rolname) FROM pg_roles r
      WHERE NOT me.rolsuper AND r.rolname <> session_user AND r.rolname <> $1 AND pg_has_role(session_user, r.oid, 'MEMBER')
        AND (r.rolsuper OR r.rolbypassrls OR r.rolcreaterole OR r.rolname LIKE 'gelang\\_%' OR r.rolname = ANY (${FAR_REACHING})))
    ], NULL) AS reasons
  FROM pg_roles me WHERE me.rolname = session_user`

/** Why the login of this connection may do more than `role`, in a sentence; undefined where it may not. */
export async function privilegesBeyond(db: Db, role: string): Promise<string | undefined> {
  const { rows } = await db.query<{ login: string; reasons: string[] }>(RIGHTS, [role])
  const { login, reasons } = rows[0]!
  if (reasons.length === 0) return undefined
  return `The login ${login} serves as ${role}, but it ${reasons.join(', ')}.`
}
