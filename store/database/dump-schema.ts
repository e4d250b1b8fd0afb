import type { Db } from './open-pool.ts'

// Objects that came with an extension, or that TimescaleDB makes for chunks, are not ours.
const OURS = (classId: string, oid: string) =>
  `NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = '${classId}'::regclass AND d.objid = ${oid} AND d.deptype = 'e')`
const SCHEMAS = `('public', 'auth')`

/** Each query gives pieces of text, which are then sorted here: the server's collation has no say. */
const SECTIONS: readonly (readonly [title: string, sql: string])[] = [
  ['extensions', `SELECT 'extension ' || extname FROM pg_extension WHERE extname <> 'plpgsql'`],
  [
    'tables and views',
    `SELECT c.oid::regclass || CASE c.relkind WHEN 'v' THEN ' view' ELSE ' table' END
        || CASE WHEN c.relforcerowsecurity THEN ', row security for the owner too' WHEN c.relrowsecurity THEN ', row security' ELSE '' END
        || coalesce(' ' || c.reloptions::text, '') || E'\\n' || string_agg(
          '  ' || quote_ident(a.attname) || ' ' || format_type(a.atttypid, a.atttypmod)
          || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
          || CASE WHEN a.attidentity <> '' THEN ' identity ' || a.attidentity::text ELSE '' END
          || CASE WHEN a.attgenerated <> '' THEN ' generated' ELSE '' END
          || coalesce(' = ' || pg_get_expr(f.adbin, f.adrelid), ''), E'\\n' ORDER BY a.attnum)
        || CASE WHEN c.relkind = 'v' THEN E'\\n' || pg_get_viewdef(c.oid, true) ELSE '' END
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
      LEFT JOIN pg_attrdef f ON f.adrelid = c.oid AND f.adnum = a.attnum
    WHERE c.relkind IN ('r', 'v', 'p') AND c.relnamespace::regnamespace::text IN ${SCHEMAS} AND ${OURS('pg_class', 'c.oid')}
    GROUP BY c.oid`,
  ],
  [
    'hypertables',
    `SELECT h.hypertable_name || ' by ' || d.column_name || ' every ' || d.time_interval
    FROM timescaledb_information.hypertables h
      JOIN timescaledb_information.dimensions d USING (hypertable_schema, hypertable_name)`,
  ],
  [
    'constraints',
    `SELECT conrelid::regclass || ' ' || quote_ident(conname) || ' ' || pg_get_constraintdef(oid, true) FROM pg_constraint
    WHERE connamespace::regnamespace::text IN ${SCHEMAS} AND conrelid <> 0 AND contype <> 'n'`,
  ],
  [
    'indexes',
    `SELECT pg_get_indexdef(i.indexrelid) FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
    WHERE c.relnamespace::regnamespace::text IN ${SCHEMAS} AND ${OURS('pg_class', 'i.indrelid')}`,
  ],
  [
    'triggers',
    `SELECT pg_get_triggerdef(t.oid, true) || CASE t.tgenabled WHEN 'O' THEN '' ELSE ' (' || t.tgenabled::text || ')' END
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE NOT t.tgisinternal AND c.relnamespace::regnamespace::text IN ${SCHEMAS}`,
  ],
  [
    'policies',
    `SELECT p.polrelid::regclass || ' ' || p.polname || ' for ' || p.polcmd::text || ' to '
        || (SELECT string_agg(who, ', ' ORDER BY who COLLATE "C") FROM (
          SELECT CASE WHEN r = c.relowner THEN 'the owner' ELSE r::regrole::text END AS who FROM unnest(p.polroles) r) roles)
        || coalesce(E'\\n  using ' || pg_get_expr(p.polqual, p.polrelid, true), '')
        || coalesce(E'\\n  check ' || pg_get_expr(p.polwithcheck, p.polrelid, true), '')
    FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid`,
  ],
  [
    'functions',
    `SELECT trim(pg_get_functiondef(p.oid), E'\\n') FROM pg_proc p
    WHERE p.pronamespace::regnamespace::text IN ${SCHEMAS} AND ${OURS('pg_proc', 'p.oid')}`,
  ],
  [
    'grants on tables',
    `SELECT a.grantee::regrole || ': ' || string_agg(a.privilege_type, ', ' ORDER BY a.privilege_type) || ' on ' || c.oid::regclass
    FROM pg_class c CROSS JOIN aclexplode(c.relacl) a
    WHERE c.relnamespace::regnamespace::text IN ${SCHEMAS} AND c.relkind IN ('r', 'v') AND ${OURS('pg_class', 'c.oid')}
      AND a.grantee <> c.relowner
    GROUP BY a.grantee, c.oid`,
  ],
  [
    'grants on columns',
    `SELECT x.grantee::regrole || ': ' || x.privilege_type || ' (' || string_agg(quote_ident(a.attname), ', ' ORDER BY a.attnum)
        || ') on ' || c.oid::regclass
    FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid CROSS JOIN aclexplode(a.attacl) x
    WHERE c.relnamespace::regnamespace::text IN ${SCHEMAS}
    GROUP BY x.grantee, x.privilege_type, c.oid`,
  ],
  [
    'grants on functions',
    `SELECT CASE a.grantee WHEN 0 THEN 'public' ELSE a.grantee::regrole::text END || ': ' || p.oid::regprocedure
    FROM pg_proc p CROSS JOIN aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.pronamespace::regnamespace::text IN ${SCHEMAS} AND ${OURS('pg_proc', 'p.oid')} AND a.grantee <> p.proowner`,
  ],
]

/** The schema as text, the same for the same migrations whichever login ran them. */
export async function dumpSchema(db: Db): Promise<string> {
  const parts: string[] = []
  for (const [title, sql] of SECTIONS) {
    const { rows } = await db.query<{ line: string }>(`SELECT line FROM (${sql}) AS dump (line)`)
    parts.push(`-- ${title}`, ...rows.map((row) => row.line).sort(), '')
  }
  return parts.join('\n')
}
