import type { IncidentView } from '../../model/console/console.ts'
import { t } from '../i18n/language.ts'
import type { ExplanationAnswer } from '../session/request.ts'
import type { ExplanationRoom } from './room.ts'

type Props = { room: ExplanationRoom; answer: ExplanationAnswer; published: IncidentView | undefined }

/** Which engine and which rules said so, and that they say the same again. */
export function ExplanationProof({ room, answer, published }: Props) {
  const { explaining, file } = room
  const { outcome, times } = explaining.rerun.value
  const otherEngine =
    published && published.engineVersion !== answer.engineVersion ? published.engineVersion : undefined
  const otherPlan = published?.planHash !== undefined && published.planHash !== answer.planHash
  const busy = file.busy.value.has('explanation')
  return (
    <section class="proof">
      <h3>{t('explain.proof')}</h3>
      <p class={answer.same ? 'agrees' : 'problem'}>{t(answer.same ? 'explain.same' : 'explain.notSame')}</p>
      <dl>
        <div>
          <dt>{t('explain.engine')}</dt>
          <dd>
            {answer.engineVersion}
            {otherEngine && <small>{t('explain.otherEngine', { version: otherEngine })}</small>}
          </dd>
        </div>
        <div>
          <dt>{t('explain.planHash')}</dt>
          <dd>
            <code>{answer.planHash}</code>
            {otherPlan && <small>{t('explain.otherPlan')}</small>}
          </dd>
        </div>
        <div>
          <dt>{t('explain.hash')}</dt>
          <dd>
            <code>{answer.hash}</code>
          </dd>
        </div>
      </dl>
      <div class="rerun">
        <button type="button" disabled={busy} onClick={() => void explaining.run(room.desk.nowMs.value)}>
          {busy ? t('explain.working') : t('explain.again')}
        </button>
        <p role="status">{outcome === 'first' ? t('explain.againNote') : t(`explain.rerun.${outcome}`, { times })}</p>
      </div>
    </section>
  )
}
