import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ActRequest, IncidentView } from '../../model/console/console.ts'
import { type IncidentAct, RESOLUTIONS, type Resolution } from '../../model/incident/incident.ts'
import { resolutionOf } from '../../model/incident/life.ts'
import { unitPathOf } from '../feed/incident-order.ts'
import { incidentById, type LiveState } from '../feed/live-state.ts'
import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import { momentWords } from '../i18n/time-words.ts'
import { StateMark } from '../widgets/marks.tsx'
import type { ActQuestion, AlertsRoom } from './alerts.ts'

const NOTE_CHARACTERS_MAX = 2000
const NOTE_LABELS = { note: 'act.noteLabel', escalate: 'act.reasonLabel', resolve: 'act.noteOptional' } as const

/**
 * Asks for what an act needs: the words of a note, the reason of an escalation, the outcome of a resolution. What is written
 * stays when the session ends: the sign-in form comes over it.
 */
export function ActDialog({ room, question }: { room: AlertsRoom; question: ActQuestion }) {
  const { session, desk, alerts } = room
  const { action, incidents } = question
  const dialog = useRef<HTMLDialogElement>(null)
  const busy = useSignal(false)
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => {
    if (alerts.question.value === question) alerts.question.value = undefined
  }
  desk.versions.incidents.value
  const findings = action === 'resolve' ? findingsOn(incidents, desk.live) : new Map<string, IncidentAct>()
  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    busy.value = true
    const refusals = await alerts.actOn(incidents, (incident) =>
      requestOf(action, fields, incident, findings.get(incident.id)),
    )
    busy.value = false
    problem.value = refusals[0]
    if (refusals.length > 1) problem.value = `${t('act.refusedMany', { count: refusals.length })} ${refusals[0]}`
    if (refusals.length === 0) {
      if (alerts.picked.value) alerts.picked.value = new Set()
      close()
    }
  }
  return (
    <dialog
      ref={dialog}
      class="dialog"
      closedby={session.phase.value === 'active' ? 'closerequest' : 'none'}
      onClose={close}
      aria-labelledby="act-title"
    >
      <form onSubmit={(event) => void submit(event)}>
        <h2 id="act-title">{t(`act.title.${action}`)}</h2>
        <About room={room} incidents={incidents} />
        {action === 'resolve' && <RaisedSince room={room} incidents={incidents} />}
        {findings.size > 0 && <FoundAlready room={room} incidents={incidents} findings={findings} />}
        {action === 'resolve' && (
          <fieldset class="outcomes">
            <legend>{t('act.resolution')}</legend>
            {RESOLUTIONS.map((one) => (
              <label key={one}>
                <input type="radio" name="resolution" value={one} required />
                <span>
                  <b>{t(`resolution.${one}`)}</b>
                  <small>{t(`resolution.${one}.hint`)}</small>
                </span>
              </label>
            ))}
          </fieldset>
        )}
        <label class="field">
          <span>{t(findings.size > 0 ? 'act.changeReason' : NOTE_LABELS[action])}</span>
          <textarea
            name="note"
            rows={3}
            maxLength={NOTE_CHARACTERS_MAX}
            required={action !== 'resolve' || findings.size > 0}
          />
        </label>
        {problem.value && (
          <p class="problem" role="alert">
            {problem.value}
          </p>
        )}
        <div class="dialog-actions">
          <button type="button" onClick={() => dialog.current?.close()}>
            {t('act.cancel')}
          </button>
          <button type="submit" class="primary" disabled={busy.value}>
            {busy.value ? t('act.saving') : t(action === 'note' ? 'act.save' : `act.${action}`)}
          </button>
        </div>
      </form>
    </dialog>
  )
}

function requestOf(
  action: ActQuestion['action'],
  fields: FormData,
  incident: IncidentView,
  finding: IncidentAct | undefined,
): ActRequest {
  const note = String(fields.get('note') ?? '').trim()
  const request: ActRequest = { action, revision: incident.revision }
  if (note) request.note = note
  if (action === 'resolve') {
    request.resolution = fields.get('resolution') as Resolution
    request.signs = occurrencesOf(incident)
    if (finding !== undefined && fields.has('changes')) request.changes = finding.actId
  }
  return request
}

function About({ room: { desk }, incidents }: { room: AlertsRoom; incidents: readonly IncidentView[] }) {
  const [lead] = incidents
  if (!lead) return null
  return (
    <p class="dialog-about">
      <StateMark state={lead.severity} hollow={lead.endMs !== undefined} />
      <span>
        <b>{t(`type.${lead.type}`)}</b> ·{' '}
        {incidents.length === 1 ? desk.ownerOf(lead) : t('act.ofMany', { count: countWords(incidents.length) })}
      </span>
    </p>
  )
}

/** The findings that hold already, by incident. */
function findingsOn(incidents: readonly IncidentView[], live: LiveState): Map<string, IncidentAct> {
  const found = incidents.map((one) => [one.id, resolutionOf(incidentById(live, one.id) ?? one)] as const)
  return new Map(found.filter((each): each is [string, IncidentAct] => each[1] !== undefined))
}

type FoundProps = { room: AlertsRoom; incidents: readonly IncidentView[]; findings: ReadonlyMap<string, IncidentAct> }

/** A colleague has come to an outcome; another one changes it, and both stay. */
function FoundAlready({ room: { desk }, incidents, findings }: FoundProps) {
  const timeZone = desk.timeZoneOf(unitPathOf(incidents[0]!))
  return (
    <div class="dialog-news" role="alert">
      {[...findings.values()].map(({ actId, officerName, resolution, atMs, note }) => (
        <p key={actId}>
          {t('act.foundAlready', {
            name: officerName,
            resolution: resolution ? t(`resolution.${resolution}`) : '',
            time: momentWords(atMs, desk.nowMs.value, timeZone),
          })}
          {note && <q>{note}</q>}
        </p>
      ))}
      <label>
        <input type="checkbox" name="changes" required /> {t('act.changesFinding')}
      </label>
    </div>
  )
}

/** The device has raised one of them anew while the form was open. */
function RaisedSince({ room: { desk }, incidents }: { room: AlertsRoom; incidents: readonly IncidentView[] }) {
  desk.versions.incidents.value
  const raised = incidents.some((one) => occurrencesOf(incidentById(desk.live, one.id) ?? one) > occurrencesOf(one))
  if (!raised) return null
  return (
    <p class="dialog-news" role="alert">
      {t('act.raisedSince')}
    </p>
  )
}

function occurrencesOf({ signs = 1 }: IncidentView): number {
  return signs
}
