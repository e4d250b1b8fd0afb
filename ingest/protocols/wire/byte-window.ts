/** The bytes of a connection that no frame has taken yet, in one growing array: a chunk is copied once, whatever its size. */
export class ByteWindow {
  bytes: Buffer
  start = 0
  end = 0

  constructor(initialBytes = 512) {
    this.bytes = Buffer.alloc(initialBytes)
  }

  get length(): number {
    return this.end - this.start
  }

  /** Adds a chunk. Views given out before are no longer good. */
  append(chunk: Uint8Array): void {
    if (this.start > 0) {
      this.bytes.copyWithin(0, this.start, this.end)
      this.end -= this.start
      this.start = 0
    }
    if (this.end + chunk.length > this.bytes.length) {
      const larger = Buffer.alloc(Math.max(this.bytes.length * 2, this.end + chunk.length))
      larger.set(this.bytes.subarray(0, this.end))
      this.bytes = larger
    }
    this.bytes.set(chunk, this.end)
    this.end += chunk.length
  }

  /** The next `count` bytes as a view; they are gone from the window. */
  take(count: number): Buffer {
    const view = this.bytes.subarray(this.start, this.start + count)
    this.start += count
    return view
  }

  clear(): void {
    this.start = 0
    this.end = 0
  }
}
