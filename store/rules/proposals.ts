// What one officer proposes about a klien and another decides. Row-level security decides who may.
import type { NewProposal, Proposal } from '../../model/console/people.ts'
import type { Db } from '../database/open-pool.ts'

const PROPOSAL = `json_strip_nulls(json_build_object('id', p.id, 'wearer', json_build_object('id', w.uuid, 'name', w.name),
    'authorId', p.author_id, 'authorName', a.name, 'madeMs', utc_ms(p.made_at), 'state', p.state, 'deciderName', d.name,
    'decidedMs', utc_ms(p.decided_at), 'reason', p.reason, 'resultId', p.result_id)) AS proposal, p.body AS proposed, p.wearer_id AS n
  FROM proposal p JOIN wearer w ON w.id = p.wearer_id LEFT JOIN officer a ON a.id = p.author_id LEFT JOIN officer d ON d.id = p.decider_id`

type Row = { proposal: Omit<Proposal, 'proposed'>; proposed: NewProposal; n: number }
/** With the wearer's number, by which rules are written. */
type FoundProposal = { proposal: Proposal; wearerNumber: number }

/** Gives the proposal's id. Throws 42501 where the acting officer may not propose it. */
export async function addProposal(db: Db, wearerId: string, officerId: string, proposed: NewProposal): Promise<string> {
  const { rows } = await db.query<{ id: string }>(
    `INSERT INTO proposal (wearer_id, kind, body, author_id) SELECT w.id, $2, $3, $4 FROM wearer w WHERE w.uuid = $1 RETURNING id`,
    [wearerId, proposed.kind, JSON.stringify(proposed), officerId],
  )
  return rows[0]!.id
}

/** A proposal in sight; `lock`: until the transaction ends. */
export async function readProposal(db: Db, id: string, lock = false): Promise<FoundProposal | undefined> {
  if (lock && (await db.query('SELECT FROM proposal WHERE id = $1 FOR NO KEY UPDATE', [id])).rowCount === 0)
    return undefined
  const { rows } = await db.query<Row>(`SELECT ${PROPOSAL} WHERE p.id = $1`, [id])
  return rows[0] && foundOf(rows[0])
}

type ProposalPage = { state?: Proposal['state']; wearerId?: string; limit: number; after?: string }

/** Proposals in sight, oldest first; `next` is given where there are more. */
export async function listProposals(db: Db, page: ProposalPage): Promise<{ proposals: Proposal[]; next?: string }> {
  const { rows } = await db.query<Row>(
    `SELECT ${PROPOSAL}
    WHERE ($1::text IS NULL OR p.state = $1) AND ($2::uuid IS NULL OR w.uuid = $2)
      AND ($4::uuid IS NULL OR (p.made_at, p.id) > (SELECT made_at, id FROM proposal WHERE id = $4))
    ORDER BY p.made_at, p.id LIMIT $3::int + 1`,
    [page.state, page.wearerId, page.limit, page.after],
  )
  const proposals = rows.slice(0, page.limit).map((row) => foundOf(row).proposal)
  const last = proposals.at(-1)
  return rows.length > page.limit && last ? { proposals, next: last.id } : { proposals }
}

type ProposalOutcome = { state: Proposal['state']; reason?: string; resultId?: string }

/** Throws 42501 where it is not the acting officer's to decide, 23001 where it was decided. */
export async function decideProposal(db: Db, id: string, officerId: string, outcome: ProposalOutcome): Promise<void> {
  await db.query('UPDATE proposal SET state = $2, decider_id = $3, reason = $4, result_id = $5 WHERE id = $1', [
    id,
    outcome.state,
    officerId,
    outcome.reason,
    outcome.resultId,
  ])
}

function foundOf({ proposal, proposed, n }: Row): FoundProposal {
  return { proposal: { ...proposal, proposed }, wearerNumber: n }
}
