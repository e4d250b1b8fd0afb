// Field names of a wearer's saved parts in the shard's hash: `wearer:bucketStartMs`, and `wearer:silence` for the silence watch.
const SILENCE = 'silence'

export function bucketField(wearerId: number, bucketMs: number): string {
  return `${wearerId}:${bucketMs}`
}

export function silenceField(wearerId: number): string {
  return `${wearerId}:${SILENCE}`
}

/** The buckets of each wearer; what the silence watch keeps goes to `onSilence`. */
export function groupBuckets(
  events: Map<string, Uint8Array>,
  onSilence: (wearerId: number, bytes: Uint8Array) => void,
): Map<number, Map<number, Uint8Array>> {
  const grouped = new Map<number, Map<number, Uint8Array>>()
  for (const [field, bytes] of events) {
    const [wearer, bucket] = field.split(':') as [string, string]
    const wearerId = Number(wearer)
    if (bucket === SILENCE) {
      onSilence(wearerId, bytes)
      continue
    }
    let buckets = grouped.get(wearerId)
    if (buckets === undefined) {
      buckets = new Map()
      grouped.set(wearerId, buckets)
    }
    buckets.set(Number(bucket), bytes)
  }
  return grouped
}
