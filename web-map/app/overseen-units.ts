import { signal } from '@preact/signals'
import type { UnitFigures as Counted } from '../../model/console/console.ts'
import { type Api, type ApiFailure, failureWords } from '../session/request.ts'
import type { UnitFigures } from './unit-figures.ts'

const AGAIN_MS = 30_000

/** Figures of units whose persons are not in sight without a reason: the server counts them, as long as the page is open. */
export class OverseenUnits {
  /** Absent until they have come. */
  readonly figures = signal<{ units: UnitFigures[]; all: UnitFigures } | undefined>(undefined)
  readonly problem = signal<string | undefined>(undefined)
  readonly #api: Pick<Api, 'figures'>
  readonly #after: (delayMs: number, act: () => void) => () => void
  readonly #onUnauthorized: () => void

  constructor(
    api: Pick<Api, 'figures'>,
    after: (delayMs: number, act: () => void) => () => void,
    onUnauthorized: () => void,
  ) {
    this.#api = api
    this.#after = after
    this.#onUnauthorized = onUnauthorized
  }

  /** Asks now and again and again; gives what ends it. */
  follow(allName: string): () => void {
    let cancel: (() => void) | undefined
    let ended = false
    const ask = async (): Promise<void> => {
      try {
        const counted = await this.#api.figures()
        this.problem.value = undefined
        this.figures.value = tableOf(counted, allName)
      } catch (failure) {
        const words = failureWords(failure)
        if ((failure as ApiFailure).status === 401) this.#onUnauthorized()
        else this.problem.value = words
      }
      if (!ended) cancel = this.#after(AGAIN_MS, () => void ask())
    }
    void ask()
    return () => {
      ended = true
      cancel?.()
    }
  }
}

/** The server's first unit is the highest one and counts all. */
function tableOf(counted: readonly Counted[], allName: string): { units: UnitFigures[]; all: UnitFigures } | undefined {
  const [highest] = counted
  if (highest === undefined) return undefined
  const bapas = counted.filter(({ kind }) => kind === 'bapas').map((one) => lineOf(one))
  bapas.sort((a, b) => b.open.kritis - a.open.kritis || b.untaken - a.untaken || (a.name < b.name ? -1 : 1))
  return {
    units: bapas.length > 0 ? bapas : counted.map((one) => lineOf(one)),
    all: { ...lineOf(highest), path: '', name: allName },
  }
}

function lineOf({
  path,
  name,
  klien,
  concerned,
  untaken,
  kritisOpen,
  seriusOpen,
  informasiOpen,
}: Counted): UnitFigures {
  const open = { kritis: kritisOpen, serius: seriusOpen, informasi: informasiOpen }
  return { path, name, wearers: klien, concerned, untaken, open }
}
