import type { WearerSummary } from '../../model/console/console.ts'

/** Wearers whose text holds every word of the query, by name. An empty query finds everyone. */
export function findWearers(
  wearers: Iterable<WearerSummary>,
  query: string,
  textOf: (wearer: WearerSummary) => string,
): WearerSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const found: WearerSummary[] = []
  for (const wearer of wearers) {
    const text = textOf(wearer).toLowerCase()
    if (words.every((word) => text.includes(word))) found.push(wearer)
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.n - b.n))
}
