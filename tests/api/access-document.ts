// docs/access.md, made from the table of rights and the OpenAPI document.
import { RIGHTS, scopeOf } from '../../model/access/rights.ts'
import { ROLES } from '../../model/access/roles.ts'

export type Operation = { call: string; right: string | undefined; summary: string }

const HEAD = `# Access

Made by \`npm run docs:access\` from \`model/access/rights.ts\` and the OpenAPI document; \`tests/api/access-matrix.test.ts\`
calls every operation as every role and compares.

How far a right reaches: **own** klien whose PK or Asisten PK the officer is · **unit** everything of the officer's unit and the
units below · **reason** as unit, a person only with a written reason that is in force · **outages** incidents of whole units, of
no person · **self** the officer's own account · – not at all. Row-level security enforces the reach below the API.
`

export function accessDocument(operations: readonly Operation[]): string {
  const actions = Object.keys(RIGHTS) as (keyof typeof RIGHTS)[]
  const rights = actions.map((action) => [`\`${action}\``, ...ROLES.map((role) => scopeOf(role, action) ?? '–')])
  const routes = operations.map(({ call, right, summary }) => [`\`${call}\``, right ? `\`${right}\`` : '–', summary])
  return [
    HEAD,
    '## Rights\n',
    table(['action', ...ROLES], rights),
    '\n## Operations\n',
    table(['operation', 'action', 'what it does'], routes),
    '',
  ].join('\n')
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n')
}
