import { t } from '../i18n/language.ts'
import { countWords } from '../i18n/measure-words.ts'
import type { WearerRoom } from './room.ts'

/** What the map shows of the wearer's way; reading it is an access that is written down. */
export function TrackTab({ room: { desk, file } }: { room: WearerRoom }) {
  const track = file.track.value
  const busy = file.busy.value.has('jejak')
  return (
    <section class="track-tab" aria-busy={busy}>
      <h3>{t('panel.track')}</h3>
      <p role="status">
        {busy && t('app.loading')}
        {track &&
          (track.points.length === 0
            ? t('panel.trackEmpty')
            : t('panel.trackCount', {
                count: countWords(track.points.length),
                archived: countWords(track.archived),
                invalid: countWords(track.invalid),
              }))}
      </p>
      <p class="hint">{t('panel.trackNote')}</p>
      <button type="button" disabled={busy} onClick={() => void file.showTrack(desk.nowMs.value)}>
        {t('panel.trackAgain')}
      </button>
    </section>
  )
}
