import type { PageHistory, Router } from './router.ts'

/** The address line of this window. */
export function browserHistory(): PageHistory {
  const { history, location } = window
  return {
    href: () => location.pathname + location.search,
    push: (href) => history.pushState(null, '', href),
    replace: (href) => history.replaceState(null, '', href),
    onBack: (act) => window.addEventListener('popstate', act),
  }
}

/** A plain click on a link of the console turns its page without loading it anew; any other click is the browser's. */
export function followLinks(router: Router): void {
  document.addEventListener('click', (event) => {
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    const link = (event.target as Element).closest<HTMLAnchorElement>('a[href]')
    if (!link || link.target || link.hasAttribute('download') || link.origin !== window.location.origin) return
    if (link.hash !== '') return
    event.preventDefault()
    router.follow(link.pathname + link.search)
  })
}
