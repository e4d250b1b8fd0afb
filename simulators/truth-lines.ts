import type { Bracelet } from './bracelet.ts'

type TruthLine = {
  time: string
  deviceId: string
  lat: number
  lon: number
  speedMps: number
  indoors: boolean
  script: string | null
}

/** Where every wearer really is at `timeMs`, for comparison with what the server believes. */
export function truthLines(bracelets: readonly Bracelet[], timeMs: number): TruthLine[] {
  return bracelets.map(({ wearer, truthAt }) => {
    const { place, speedMps, indoors } = truthAt(timeMs)
    return {
      time: new Date(timeMs).toISOString(),
      deviceId: wearer.deviceId,
      lat: place.latDeg,
      lon: place.lonDeg,
      speedMps,
      indoors,
      script: wearer.script ?? null,
    }
  })
}
