// Which saved timelines this program reads: those of its own version, and older ones, converted one version at a time.
//
// A change of what a saved part holds (a state of fold/state/state-codec.ts, the outcomes, a row of report-chunks.ts):
//  1. raise TIMELINE_VERSION by one;
//  2. add a converter under the old number to CONVERTERS below; it may name each part that changed, the others stay as they are;
//  3. keep tests/golden/timeline-<old number>.json and make the new one:
//     UPDATE_GOLDEN=1 npx vitest run tests/geofence/timeline/saved-versions.test.ts
// A converter must not call today's codecs: they change again.

export const TIMELINE_VERSION = 8

/** head: state and outcomes. base: the state that the oldest kept report is folded onto. hour: rows of kept reports. */
export type SavedPart = 'head' | 'base' | 'plans' | 'hour'

/** From one version to the next. Bytes come without the version byte; a part that is not named stays as it is. */
export type Converter = { readonly [part in SavedPart]?: (bytes: Uint8Array) => Uint8Array }

/** By the version from which it converts. */
export type Converters = { readonly [version: number]: Converter }

export const CONVERTERS: Converters = {
  // A state's first byte says its layout (state-codec.ts), so head and base stay as they are.
  7: { hour: withoutBracelets },
}

/** The part as TIMELINE_VERSION has it. Throws RangeError for a version that no converter begins with. */
export function toCurrent(part: SavedPart, version: number, bytes: Uint8Array, converters = CONVERTERS): Uint8Array {
  let current = bytes
  for (let from = version; from !== TIMELINE_VERSION; from++) {
    const convert = from < TIMELINE_VERSION ? converters[from] : undefined
    if (convert === undefined) throw new RangeError(`saved timeline version ${version} is not known here`)
    current = convert[part]?.(current) ?? current
  }
  return current
}

/** Where version 8 has an unknown alarm's code, version 7 had the bracelet. */
function withoutBracelets(bytes: Uint8Array): Uint8Array {
  const rows = bytes.slice()
  for (let at = 40; at < rows.length; at += 52) rows.fill(0, at, at + 4)
  return rows
}
