/** Another owner holds the shard, or has come further: nothing was written, and the caller must let go of it. */
export class FencedOff extends Error {
  override readonly name = 'FencedOff'
}
