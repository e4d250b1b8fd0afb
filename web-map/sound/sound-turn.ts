/** A tab that has not announced its sound for so long is taken for closed. */
export const TURN_KEPT_MS = 4000

type TurnOptions = {
  storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>
  /** Of this screen. */
  id: string
  clock(): number
}

/** Of several screens of one officer on one machine, one sounds: the one that can, and began first. */
export class SoundTurn {
  #options: TurnOptions
  #officerId: string | undefined

  constructor(options: TurnOptions) {
    this.#options = options
  }

  /** The turn is an officer's; undefined: nobody sits here. */
  sitDown(officerId: string | undefined): void {
    if (officerId !== this.#officerId) this.leave()
    this.#officerId = officerId
  }

  /** True where this screen sounds; called again and again while it can. */
  take(): boolean {
    const { storage, id, clock } = this.#options
    const [holder, sinceMs] = (storage.getItem(this.#key) ?? '').split(' ')
    const heldMs = clock() - Number(sinceMs)
    if (holder !== id && heldMs >= 0 && heldMs < TURN_KEPT_MS) return false
    storage.setItem(this.#key, `${id} ${clock()}`)
    return true
  }

  /** The next screen need not wait. */
  leave(): void {
    const { storage, id } = this.#options
    if (storage.getItem(this.#key)?.startsWith(`${id} `)) storage.removeItem(this.#key)
  }

  get #key(): string {
    return `gelang.sounds.${this.#officerId ?? ''}`
  }
}
