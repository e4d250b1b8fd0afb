import type { WearerVersion } from '../../model/console/people.ts'
import type { MessageKey } from '../i18n/id.ts'
import { isMessageKey, t } from '../i18n/language.ts'
import { programmeWords } from '../i18n/programme-words.ts'
import { dateWords, momentWords } from '../i18n/time-words.ts'

/** What a version calls its fields, in the order of the form. */
const FIELDS: readonly (readonly [field: string, words: MessageKey])[] = [
  ['name', 'klien.name'],
  ['birth_date', 'klien.birthDate'],
  ['sdp_number', 'klien.sdpNumber'],
  ['unit_path', 'klien.unit'],
  ['programme', 'klien.programme'],
  ['sk_number', 'klien.skNumber'],
  ['sk_date', 'klien.skDate'],
  ['sk_issuer', 'klien.skIssuer'],
  ['to_ms', 'klien.ends'],
  ['end_kind', 'klien.endKind'],
  ['pk', 'klien.pk'],
  ['asisten', 'klien.asisten'],
  ['address', 'klien.address'],
  ['domicile', 'klien.domicile'],
  ['phone', 'klien.phone'],
  ['guarantor_name', 'klien.guarantorName'],
  ['guarantor_phone', 'klien.guarantorPhone'],
  ['polsek_name', 'klien.polsekName'],
  ['polsek_phone', 'klien.polsekPhone'],
  ['risk', 'klien.risk'],
  ['needs', 'klien.needs'],
  ['health', 'klien.health'],
]

type Body = WearerVersion['body']

/** Every version, newest first: who wrote it, when, why, and what it changed. */
export function VersionList(props: { versions: readonly WearerVersion[]; nowMs: number; timeZone: string }) {
  const { versions, nowMs, timeZone } = props
  return (
    <ol class="versions">
      {versions.map((one, i) => {
        const before = versions[i + 1]
        return (
          <li key={one.version}>
            <h4>{t('klien.version', { version: one.version })}</h4>
            <p class="hint">
              {t('klien.by', {
                name: one.authorName ?? t('klien.bySystem'),
                time: momentWords(one.atMs, nowMs, timeZone),
              })}
            </p>
            <q>{one.reason}</q>
            {before ? (
              <ChangeList before={before.body} after={one.body} timeZone={timeZone} />
            ) : (
              <p class="hint">{t('klien.first')}</p>
            )}
          </li>
        )
      })}
    </ol>
  )
}

export function ChangeList(props: { before: Body; after: Body; timeZone?: string }) {
  const { timeZone = 'Asia/Jakarta' } = props
  const [before, after] = [flat(props.before, props.after), flat(props.after, props.before)]
  const changed = FIELDS.filter(([field]) => JSON.stringify(before[field]) !== JSON.stringify(after[field]))
  return (
    <dl class="changes">
      {changed.map(([field, words]) => (
        <div key={field}>
          <dt>{t(words)}</dt>
          <dd>
            <ins>{wordsOf(field, after[field], timeZone)}</ins>{' '}
            <small>
              {t('klien.from')} <del>{wordsOf(field, before[field], timeZone)}</del>
            </small>
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** Fields of the supervision beside the others; versions from before it was kept with them say nothing of it. */
function flat(body: Body, other: Body): Body {
  const known = body.supervision !== undefined && other.supervision !== undefined
  return { ...body, ...(known && (body.supervision as object)) }
}

function wordsOf(field: string, value: unknown, timeZone: string): string {
  if (value === undefined) return t('klien.empty')
  if (field === 'to_ms') return dateWords(Number(value) - 1, timeZone)
  if (field === 'programme') return programmeWords(String(value))
  const family = { risk: 'klien.risk', end_kind: 'klien.endKind', needs: 'klien.need' }[field]
  if (family === undefined) return String(value)
  return (Array.isArray(value) ? value : [value])
    .map((one) => (isMessageKey(`${family}.${one}`) ? t(`${family}.${one}` as MessageKey) : String(one)))
    .join(', ')
}
