import type { DecodeContext, Decoded, DecodeError } from './decoder.ts'

/**
 * A frame that names its device, and of which nothing else is believed. Where a bit of the id may be wrong, `maySpeak` says whether
 * there is such a bracelet; if not, nobody was heard, and nobody is refused for it.
 */
export function heardFrom(deviceId: string | undefined, context: DecodeContext, error: DecodeError): Decoded {
  if (deviceId === undefined || context.maySpeak?.(deviceId) === false) return { reports: [], error }
  return { reports: [], deviceId, error }
}
