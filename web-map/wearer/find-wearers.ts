import type { WearerSummary } from '../../model/console/console.ts'

/** Wearers whose name, PK, programme or unit holds every word of the query, by name. An empty query finds everyone. */
export function findWearers(
  wearers: Iterable<WearerSummary>,
  query: string,
  unitName: (unitPath: string) => string,
): WearerSummary[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const found: WearerSummary[] = []
  for (const wearer of wearers) {
    const text = `${wearer.name} ${wearer.pkName} ${wearer.programme} ${unitName(wearer.unitPath)}`.toLowerCase()
    if (words.every((word) => text.includes(word))) found.push(wearer)
  }
  return found.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : a.n - b.n))
}
