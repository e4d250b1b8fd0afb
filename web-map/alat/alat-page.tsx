import type { AlatPart } from '../../model/console/addresses.ts'
import { t } from '../i18n/language.ts'
import { BraceletPage } from './bracelet-page.tsx'
import { GatewayList } from './gateway-list.tsx'
import { QuarantineList } from './quarantine-list.tsx'
import { RegisterPage } from './register-page.tsx'
import { type AlatRoom, may } from './room.ts'
import { StockList } from './stock-list.tsx'
import { WordList } from './word-list.tsx'

/** The devices of one's units: stock, one device, what was refused, unknown alarms, gateways. */
export function AlatPage({ room, part, braceletId }: { room: AlatRoom; part: AlatPart; braceletId?: number }) {
  const parts: [AlatPart, string, boolean][] = [
    ['stok', t('alat.stock'), true],
    ['karantina', t('alat.quarantine'), may(room, 'quarantine.read')],
    ['kata', t('alat.words'), may(room, 'alarm_word.map')],
    ['gateway', t('alat.gateways'), may(room, 'gateway.write')],
  ]
  const { router } = room
  return (
    <article class="alat">
      <h1>{t('nav.bracelets')}</h1>
      <nav class="page-tabs" aria-label={t('nav.bracelets')}>
        {parts
          .filter(([, , allowed]) => allowed)
          .map(([one, words]) => (
            <a
              key={one}
              href={router.hrefOf({ page: 'bracelets', part: one })}
              aria-current={part === one ? 'page' : undefined}
            >
              {words}
            </a>
          ))}
      </nav>
      {braceletId !== undefined ? (
        <BraceletPage key={braceletId} room={room} id={braceletId} />
      ) : part === 'karantina' ? (
        <QuarantineList room={room} />
      ) : part === 'kata' ? (
        <WordList room={room} />
      ) : part === 'gateway' ? (
        <GatewayList room={room} />
      ) : part === 'baru' ? (
        <RegisterPage room={room} />
      ) : (
        <StockList room={room} />
      )}
    </article>
  )
}
