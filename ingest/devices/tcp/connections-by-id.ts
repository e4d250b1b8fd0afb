// How many connections one bracelet may have at once. A device needs one; a second one is its reconnect while the first is half
// open. Who opens hundreds in its name takes them from itself.

export type IdentifiedConnection = {
  /** 2: proven; 1: from the address that has spoken for the bracelet so far; 0: anybody who knows its number. */
  readonly trust: 0 | 1 | 2
  giveWay(): void
}

export class ConnectionsById<C extends IdentifiedConnection> {
  readonly #perIdMax: number
  /** Oldest first. */
  readonly #byId = new Map<string, C[]>()

  constructor(perIdMax: number) {
    this.#perIdMax = perIdMax
  }

  /**
   * Where there are too many, one gives way, never the newest: a device that reconnects, from elsewhere too, must find room. Of the
   * others it is the least trusted one, of these the oldest: a proven sender, and the address that always spoke, stay.
   */
  add(deviceId: string, connection: C): void {
    const all = this.#byId.get(deviceId)
    if (all === undefined) {
      this.#byId.set(deviceId, [connection])
      return
    }
    all.push(connection)
    if (all.length <= this.#perIdMax) return
    let least = all[0]!
    for (const one of all) if (one !== connection && one.trust < least.trust) least = one
    all.splice(all.indexOf(least), 1)
    least.giveWay()
  }

  remove(deviceId: string, connection: C): void {
    const all = this.#byId.get(deviceId)
    const at = all?.indexOf(connection) ?? -1
    if (all === undefined || at < 0) return
    all.splice(at, 1)
    if (all.length === 0) this.#byId.delete(deviceId)
  }
}
