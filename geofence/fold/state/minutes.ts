// How much of an incident its fixes prove. Between two fixes no further apart than three report intervals it is known what both
// say alike; all else is not known.
import { GAPS_MAX, type IncidentGap, type IncidentMinutes } from '../../../model/incident/incident.ts'

export class Minutes {
  /** Counted from here: the run's first fix, or the beginning of the rule. */
  startMs: number
  /** Of the last fix, and its evidence: 1 comply, 0 unsure, -1 breach. */
  fixMs: number
  evidence: -1 | 0 | 1 = -1
  provenMs = 0
  keptMs = 0
  /** On the right side since the last breach: kept only if the violation goes on. */
  pendingMs = 0
  gaps: IncidentGap[] = []

  constructor(startMs: number) {
    this.startMs = startMs
    this.fixMs = startMs
  }

  /** One more fix; true when a gap longer than `gapMs` ended with it. */
  add(timeMs: number, evidence: -1 | 0 | 1, freshMs: number, gapMs: number): boolean {
    const apartMs = timeMs - this.fixMs
    const spanMs = timeMs - Math.max(this.fixMs, this.startMs)
    const covered = apartMs <= freshMs && evidence === this.evidence && spanMs > 0
    const gapped = spanMs > gapMs
    if (evidence === -1) {
      this.keptMs += this.pendingMs
      this.pendingMs = 0
      if (covered) this.provenMs += spanMs
    } else if (evidence === 1 && covered) this.pendingMs += spanMs
    if (gapped) this.#addGap(Math.max(this.fixMs, this.startMs), timeMs)
    this.fixMs = timeMs
    this.evidence = evidence
    return gapped
  }

  /** The violation counts from `atMs`, when its rule began. */
  countFrom(atMs: number): void {
    this.startMs = atMs
    this.provenMs = 0
    this.keptMs = 0
    this.pendingMs = 0
    this.gaps = []
  }

  /** Of an incident that began at `startMs`; up to `endMs`, or where it is open up to the last fix. */
  upTo(startMs: number, endMs?: number): IncidentMinutes {
    const toMs = endMs ?? Math.max(startMs, this.fixMs)
    const { provenMs, keptMs } = this
    return { provenMs, keptMs, notKnownMs: Math.max(0, toMs - startMs - provenMs - keptMs), toMs }
  }

  #addGap(fromMs: number, toMs: number): void {
    // Of very many the longest say most.
    if (this.gaps.length === GAPS_MAX) {
      const shortest = this.gaps.reduce((least, gap) =>
        gap.toMs - gap.fromMs < least.toMs - least.fromMs ? gap : least,
      )
      if (toMs - fromMs <= shortest.toMs - shortest.fromMs) return
      this.gaps = this.gaps.filter((gap) => gap !== shortest)
    }
    this.gaps = [...this.gaps, { fromMs, toMs }]
  }
}
