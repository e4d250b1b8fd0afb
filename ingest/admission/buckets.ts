// Token buckets. A sender within its rate takes out what it sends; beyond, it owes time.

export type Bucket = {
  /** What may still be sent now, as of `tokensMs`; below 0 time is owed. */
  tokens: number
  tokensMs: number
}
export type Rate = { perSecond: number; burst: number }

export function newBucket(): Bucket {
  return { tokens: Number.POSITIVE_INFINITY, tokensMs: 0 }
}

/** Takes `count` out, even into debt. Gives the ms until it is even again: 0 within the rate. Untouched buckets are full. */
export function takeFrom(bucket: Bucket, count: number, nowMs: number, { perSecond, burst }: Rate): number {
  const refilled = bucket.tokens + (Math.max(0, nowMs - bucket.tokensMs) / 1000) * perSecond
  bucket.tokens = Math.min(burst, refilled) - count
  bucket.tokensMs = nowMs
  return bucket.tokens >= 0 ? 0 : Math.ceil((-bucket.tokens / perSecond) * 1000)
}

/** Buckets by name; the ones that were not touched for longest go when there are too many. */
export class Buckets {
  readonly #rate: Rate
  readonly #namesMax: number
  readonly #buckets = new Map<string, Bucket>()

  constructor(rate: Rate, namesMax: number) {
    this.#rate = rate
    this.#namesMax = namesMax
  }

  take(name: string, count: number, nowMs: number): number {
    let bucket = this.#buckets.get(name)
    if (bucket === undefined) bucket = newBucket()
    else this.#buckets.delete(name)
    this.#buckets.set(name, bucket)
    if (this.#buckets.size > this.#namesMax) this.#buckets.delete(this.#buckets.keys().next().value as string)
    return takeFrom(bucket, count, nowMs, this.#rate)
  }

  /** True when `count` may be taken now; takes them only then. For senders whom a debt does not slow down. */
  tryTake(name: string, count: number, nowMs: number): boolean {
    if (this.take(name, count, nowMs) === 0) return true
    this.#buckets.get(name)!.tokens += count
    return false
  }

  get size(): number {
    return this.#buckets.size
  }
}
