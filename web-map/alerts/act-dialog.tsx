import { useSignal } from '@preact/signals'
import { useEffect, useRef } from 'preact/hooks'
import type { ActRequest, IncidentView } from '../../model/console/console.ts'
import { RESOLUTIONS, type Resolution } from '../../model/incident/incident.ts'
import { resolutionOf } from '../../model/incident/life.ts'
import { nameOf, unitPathOf } from '../feed/incident-order.ts'
import { t } from '../i18n/language.ts'
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
  const { action, incident } = question
  const dialog = useRef<HTMLDialogElement>(null)
  const busy = useSignal(false)
  const problem = useSignal<string | undefined>(undefined)
  useEffect(() => dialog.current?.showModal(), [])
  const close = () => {
    if (alerts.question.value === question) alerts.question.value = undefined
  }
  desk.versions.incidents.value
  const known = desk.live.incidents.get(incident.id) ?? incident
  const raisedSince = signsOf(known) > signsOf(incident)
  const finding = action === 'resolve' ? resolutionOf(known) : undefined

  const submit = async (event: SubmitEvent) => {
    event.preventDefault()
    const fields = new FormData(event.currentTarget as HTMLFormElement)
    const note = String(fields.get('note') ?? '').trim()
    const request: ActRequest = { action, revision: incident.revision }
    if (note) request.note = note
    if (action === 'resolve') {
      request.resolution = fields.get('resolution') as Resolution
      request.signs = signsOf(incident)
      if (finding !== undefined && fields.has('changes')) request.changes = finding.actId
    }
    busy.value = true
    problem.value = await alerts.act(incident.id, request)
    busy.value = false
    if (!problem.value) close()
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
        <p class="dialog-about">
          <StateMark state={incident.severity} />
          <span>
            <b>{t(`type.${incident.type}`)}</b> · {nameOf(incident)}
          </span>
        </p>
        {action === 'resolve' && raisedSince && (
          <p class="dialog-news" role="alert">
            {t('act.raisedSince')}
          </p>
        )}
        {finding?.resolution && (
          <div class="dialog-news" role="alert">
            <p>
              {t('act.foundAlready', {
                name: finding.officerName,
                resolution: t(`resolution.${finding.resolution}`),
                time: momentWords(finding.atMs, desk.nowMs.value, desk.timeZoneOf(unitPathOf(incident))),
              })}
            </p>
            {finding.note && <p>“{finding.note}”</p>}
            <label>
              <input type="checkbox" name="changes" required /> {t('act.changesFinding')}
            </label>
          </div>
        )}
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
          <span>{t(finding ? 'act.changeReason' : NOTE_LABELS[action])}</span>
          <textarea
            name="note"
            rows={3}
            maxLength={NOTE_CHARACTERS_MAX}
            required={action !== 'resolve' || finding !== undefined}
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

function signsOf({ signs = 1 }: IncidentView): number {
  return signs
}
