import { WEARER_TABS } from '../../model/console/addresses.ts'
import { t } from '../i18n/language.ts'
import type { WearerRoom } from './room.ts'

/** The pages of a wearer's file, each with its address. */
export function WearerTabs({ room: { router, file }, wearerId }: { room: WearerRoom; wearerId: string }) {
  const page = file.page.value === 'trial' ? 'ketentuan' : file.page.value
  return (
    <nav class="wearer-tabs" aria-label={t('panel.tabs')}>
      {WEARER_TABS.map((tab) => (
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
