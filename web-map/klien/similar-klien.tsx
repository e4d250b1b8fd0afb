import { useEffect, useRef } from 'preact/hooks'
import { pathOf } from '../../model/console/addresses.ts'
import { t } from '../i18n/language.ts'
import type { KlienRoom } from './room.ts'

/** Without an id: of another unit. */
export type Similar = { id?: string; by: 'nik' | 'name_birth'; unitName: string }

type Props = { room: KlienRoom; found: readonly Similar[]; same: boolean; onOthers(): void }

/** Who may be the same person. One with the same NIK is never taken in twice. */
export function SimilarKlien({ room: { desk }, found, same, onOthers }: Props) {
  const box = useRef<HTMLDivElement>(null)
  useEffect(() => box.current?.focus(), [])
  const names = new Map([...desk.live.wearers.values()].map((wearer) => [wearer.id, desk.nameOf(wearer)]))
  return (
    <div class="similar" role="alert" tabIndex={-1} ref={box}>
      <h2>{t('klien.similarTitle')}</h2>
      <ul>
        {found.map(({ id, by, unitName }, i) => (
          <li key={id ?? i}>
            {id && names.get(id) && <b>{names.get(id)} </b>}
            <span>{t(by === 'nik' ? 'klien.similarNik' : 'klien.similarName', { unit: unitName })}</span>{' '}
            {id && (
              <a href={pathOf({ page: 'wearer', id, tab: 'berkas' })} target="_blank" rel="noopener">
                {t('klien.open')}
              </a>
            )}
          </li>
        ))}
      </ul>
      {same ? (
        <p>{t('klien.sameNik')}</p>
      ) : (
        <button type="button" onClick={onOthers}>
          {t('klien.others')}
        </button>
      )}
    </div>
  )
}
