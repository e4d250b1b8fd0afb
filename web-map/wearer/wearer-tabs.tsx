import { type Action, mayDo } from '../../model/access/rights.ts'
import { WEARER_TABS, type WearerTab } from '../../model/console/addresses.ts'
import { t } from '../i18n/language.ts'
import type { WearerRoom } from './room.ts'

const RIGHT_OF: Partial<Record<WearerTab, Action>> = { akses: 'klien.access_history', alat: 'bracelet.list' }

/** The pages of a wearer's file, each with its address. */
export function WearerTabs({ room: { router, file, session }, wearerId }: { room: WearerRoom; wearerId: string }) {
  const page = file.page.value === 'trial' ? 'ketentuan' : file.page.value
  const role = session.me.value?.role
  return (
    <nav class="wearer-tabs" aria-label={t('panel.tabs')}>
      {WEARER_TABS.filter((tab) => role !== undefined && mayDo(role, RIGHT_OF[tab] ?? 'klien.read')).map((tab) => (
        <a
          key={tab}
          href={router.hrefOf({ page: 'wearer', id: wearerId, tab })}
          aria-current={page === tab ? 'page' : undefined}
        >
          {t(`panel.tab.${tab}`)}
        </a>
      ))}
    </nav>
  )
}
