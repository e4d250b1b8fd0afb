import type { IncidentView } from '../../model/console/console.ts'
import { t } from '../i18n/language.ts'
import { type Api, type ApiFailure, failureWords } from '../session/request.ts'

/** The page's address, in which a notice names the incident that it is about: `/?incident=<id>`. */
export type PageAddress = {
  incidentId(): string | undefined
  /** Once it has been followed, so that a reload does not open it again. */
  clear(): void
}

const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i

/** What the address names, as the server gives it, or the sentence to be said instead; undefined where it names nothing. */
export async function followLink(
  api: Api,
  address: PageAddress,
): Promise<{ incident: IncidentView } | { problem: string } | undefined> {
  const id = address.incidentId()
  if (id === undefined) return undefined
  try {
    const incident = ID.test(id) ? await api.incident(id) : undefined
    address.clear()
    return incident ? { incident } : { problem: t('notice.noIncident') }
  } catch (failure) {
    const words = failureWords(failure)
    const { status } = failure as ApiFailure
    // The next sign-in follows it; where the server could not be asked, loading the page again does.
    if (status === 401) return undefined
    if (status === 0 || status >= 500) return { problem: t('notice.linkFailed', { reason: words }) }
    address.clear()
    return { problem: t('notice.noIncident') }
  }
}
