// What a receiver said over a stretch of time, in columns, so that the same corpus is judged again and again.
import { LogReport, REPORT_FLAG } from '../../model/report/report.ts'
import { CAUSES, type Cause } from './truth-noise.ts'

export class Recording {
  count = 0
  #timeMs: Float64Array
  #latE7: Int32Array
  #lonE7: Int32Array
  #accuracyM: Float64Array
  #hdop: Float32Array
  #trueRadiusM: Float32Array
  #sequence: Uint32Array
  #source: Uint8Array
  #cause: Uint8Array

  constructor(capacity: number) {
    this.#timeMs = new Float64Array(capacity)
    this.#latE7 = new Int32Array(capacity)
    this.#lonE7 = new Int32Array(capacity)
    this.#accuracyM = new Float64Array(capacity)
    this.#hdop = new Float32Array(capacity)
    this.#trueRadiusM = new Float32Array(capacity)
    this.#sequence = new Uint32Array(capacity)
    this.#source = new Uint8Array(capacity)
    this.#cause = new Uint8Array(capacity)
  }

  /** `trueRadiusM`: see Receiver. */
  add(report: LogReport, trueRadiusM = Infinity, cause: Cause = 'open sky'): void {
    this.#cause[this.count] = CAUSES.indexOf(cause)
    this.#trueRadiusM[this.count] = trueRadiusM
    const i = this.count++
    this.#timeMs[i] = report.timeMs
    this.#latE7[i] = report.latE7
    this.#lonE7[i] = report.lonE7
    this.#accuracyM[i] = report.accuracyM
    this.#hdop[i] = report.hdop
    this.#sequence[i] = report.contentLo
    this.#source[i] = report.flags === 0 ? NO_FIX : report.source
  }

  /** Fills `into`, a report that nothing else has touched, and gives it back. */
  read(i: number, into: LogReport): LogReport {
    const source = this.#source[i]!
    into.timeMs = this.#timeMs[i]!
    into.receivedMs = into.timeMs
    into.latE7 = this.#latE7[i]!
    into.lonE7 = this.#lonE7[i]!
    into.accuracyM = this.#accuracyM[i]!
    into.hdop = this.#hdop[i]!
    into.contentHi = 0x5eed
    into.contentLo = this.#sequence[i]!
    into.flags = source === NO_FIX ? 0 : REPORT_FLAG.hasPosition | REPORT_FLAG.fixValid
    into.source = source === NO_FIX ? 0 : source
    return into
  }

  trueRadiusM(i: number): number {
    return this.#trueRadiusM[i]!
  }

  cause(i: number): Cause {
    return CAUSES[this.#cause[i]!]!
  }

  /** Every report as an object of its own. */
  reports(): LogReport[] {
    return Array.from({ length: this.count }, (_, i) => this.read(i, new LogReport()))
  }

  /** A copy that holds no more than it must. */
  kept(): Recording {
    const copy = new Recording(this.count)
    const report = new LogReport()
    for (let i = 0; i < this.count; i++) copy.add(this.read(i, report), this.trueRadiusM(i), this.cause(i))
    return copy
  }
}

const NO_FIX = 255
