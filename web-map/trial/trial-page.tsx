import { useSignal } from '@preact/signals'
import type { ConditionKind } from '../../model/plan/plan.ts'
import { t } from '../i18n/language.ts'
import { Icon } from '../widgets/marks.tsx'
import { PageHead } from '../widgets/page-head.tsx'
import { REASON_CHARACTERS } from '../widgets/reason-form.tsx'
import type { TrialRoom } from './room.ts'
import { CONFIRM_MINUTES_MAX, NEW_ZONE_KINDS, SIZE_M, TRIAL_DAYS, type TrialDraft } from './trial-draft.ts'
import { TrialResult } from './trial-result.tsx'
import { TrialWindows } from './trial-windows.tsx'

/** One of the wearer's conditions, changed, and tried on the stored track before anybody proposes it. */
export function TrialPage({ room }: { room: TrialRoom }) {
  const { trial, file, router } = room
  const condition = trial.condition.value!
  const draft = trial.draft.value!
  const reason = useSignal('')
  const short = reason.value.trim().length < REASON_CHARACTERS.min
  const busy = file.busy.value.has('trial')
  const change = (more: Partial<TrialDraft>) => trial.change({ ...draft, ...more })
  return (
    <article class="trial" aria-busy={busy}>
      <PageHead
        title={t(trial.newZone.value ? 'trial.titleNew' : 'trial.title')}
        returns={`trial ${condition.id}`}
        back={t('panel.tab.ketentuan')}
        href={router.hrefOf({ page: 'wearer', id: file.selectedId.value!, tab: 'ketentuan' })}
      />
      <p class="about">
        {!trial.newZone.value && (
          <b>
            {t(`kind.${condition.kind}`)}: {condition.zoneName}
          </b>
        )}
        <small>{t('trial.note')}</small>
      </p>
      <form
        onSubmit={(event) => {
          event.preventDefault()
          void trial.run(reason.value.trim(), room.desk.nowMs.value)
        }}
      >
        {trial.newZone.value && <NewZoneFields room={room} />}
        <SizeField room={room} draft={draft} onChange={change} />
        <TrialWindows draft={draft} timeZone={condition.timeZone} onChange={(next) => trial.change(next)} />
        <div class="trial-pair">
          <label class="field">
            <span>{t('trial.confirm')}</span>
            <input
              type="number"
              required
              min={0}
              max={CONFIRM_MINUTES_MAX}
              value={draft.confirmMinutes}
              onInput={(event) => change({ confirmMinutes: event.currentTarget.valueAsNumber })}
            />
          </label>
          <label class="field">
            <span>{t('trial.span')}</span>
            <select value={draft.days} onChange={(event) => change({ days: Number(event.currentTarget.value) })}>
              {TRIAL_DAYS.map((days) => (
                <option key={days} value={days}>
                  {t('trial.days', { count: days })}
                </option>
              ))}
            </select>
          </label>
        </div>
        <label class="field">
          <span>{t('trial.reason')}</span>
          <textarea
            rows={2}
            required
            minLength={REASON_CHARACTERS.min}
            maxLength={REASON_CHARACTERS.max}
            value={reason.value}
            onInput={(event) => (reason.value = event.currentTarget.value)}
          />
        </label>
        <button
          type="submit"
          class="primary"
          disabled={busy || short}
          title={short ? t('panel.reasonShort', { count: REASON_CHARACTERS.min }) : ''}
        >
          {busy ? t('explain.working') : t('trial.run')}
        </button>
      </form>
      <TrialResult room={room} timeZone={condition.timeZone} />
    </article>
  )
}

function NewZoneFields({ room }: { room: TrialRoom }) {
  const { trial } = room
  const centre = room.map.centre.value
  return (
    <>
      <label class="field">
        <span>{t('trial.kind')}</span>
        <select
          value={trial.condition.value!.kind}
          onChange={(event) => trial.become(event.currentTarget.value as ConditionKind)}
        >
          {NEW_ZONE_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {t(`kind.${kind}`)}
            </option>
          ))}
        </select>
      </label>
      <div class="trial-move">
        <button type="button" disabled={!centre} onClick={() => centre && trial.move(centre)}>
          <Icon name="target" size={16} />
          {t('trial.move')}
        </button>
        <small>{t('trial.moveHint')}</small>
      </div>
    </>
  )
}

function SizeField(props: { room: TrialRoom; draft: TrialDraft; onChange: (more: Partial<TrialDraft>) => void }) {
  const { room, draft, onChange } = props
  if (draft.sizeM === undefined) return <p class="hint">{t('trial.fixedShape')}</p>
  return (
    <label class="field">
      <span>{t(room.trial.zone.value?.shape.type === 'Corridor' ? 'trial.width' : 'trial.radius')}</span>
      <input
        type="number"
        required
        min={SIZE_M.min}
        max={SIZE_M.max}
        value={draft.sizeM}
        onInput={(event) => onChange({ sizeM: event.currentTarget.valueAsNumber })}
      />
    </label>
  )
}
