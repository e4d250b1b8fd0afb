/** Little-endian bytes that grow as they are written. */
export class ByteWriter {
  #bytes = new Uint8Array(256)
  #view = new DataView(this.#bytes.buffer)
  #end = 0

  u8(value: number): void {
    const at = this.#room(1) // may change the view
    this.#view.setUint8(at, value)
  }
  u32(value: number): void {
    const at = this.#room(4) // may change the view
    this.#view.setUint32(at, value, true)
  }
  i32(value: number): void {
    const at = this.#room(4) // may change the view
    this.#view.setInt32(at, value, true)
  }
  f64(value: number): void {
    const at = this.#room(8) // may change the view
    this.#view.setFloat64(at, value, true)
  }
  bytes(value: Uint8Array): void {
    this.u32(value.length)
    const at = this.#room(value.length)
    this.#bytes.set(value, at)
  }
  text(value: string): void {
    this.bytes(new TextEncoder().encode(value))
  }
  take(): Uint8Array {
    return this.#bytes.slice(0, this.#end)
  }

  #room(size: number): number {
    const at = this.#end
    this.#end += size
    if (this.#end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(this.#bytes.length * 2, this.#end))
      larger.set(this.#bytes)
      this.#bytes = larger
      this.#view = new DataView(larger.buffer)
    }
    return at
  }
}

/** Reads what ByteWriter wrote. Throws RangeError where the bytes end too soon. */
export class ByteReader {
  #view: DataView
  #at = 0

  constructor(bytes: Uint8Array) {
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#view.byteLength
  }

  u8(): number {
    return this.#view.getUint8(this.#skip(1))
  }
  u32(): number {
    return this.#view.getUint32(this.#skip(4), true)
  }
  i32(): number {
    return this.#view.getInt32(this.#skip(4), true)
  }
  f64(): number {
    return this.#view.getFloat64(this.#skip(8), true)
  }
  bytes(): Uint8Array {
    const size = this.u32()
    const at = this.#skip(size)
    if (at + size > this.#view.byteLength)
      throw new RangeError(`bytes end at ${this.#view.byteLength}, wanted ${at + size}`)
    return new Uint8Array(this.#view.buffer, this.#view.byteOffset + at, size)
  }
  text(): string {
    return new TextDecoder().decode(this.bytes())
  }

  #skip(size: number): number {
    const at = this.#at
    this.#at += size
    return at
  }
}
