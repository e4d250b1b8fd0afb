// Who speaks in the frames of one connection, or of one address where there are no connections, and what has been proven there.
import type { RefusalReason } from '../../model/report/quarantine.ts'
import { authorize, isRefused, type Proof, type Sender } from '../admission/authorize.ts'
import type { KnownDevice } from '../admission/directory.ts'
import type { Intake } from '../admission/intake.ts'
import { issuedCodeOf } from '../admission/issued-code.ts'
import type { Claim, StreamProtocol } from '../protocols/decoder.ts'

type Speaker = {
  deviceId: string
  generation: number
  known: KnownDevice | undefined
  verdict: Proof | RefusalReason
}
export type RefusedSpeaker = { deviceId: string; reason: RefusalReason }

/** Bracelets that show a secret on one connection: a concentrator may carry several. */
const PROVEN_MAX = 64

export class StreamSpeakers {
  /** Who may not speak, of the frame that is being decoded; set to undefined before each frame. */
  refused: RefusedSpeaker | undefined
  readonly #intake: Intake
  readonly #protocol: Pick<StreamProtocol, 'issuesCodes'>
  readonly #sender: Sender
  readonly #proven: Set<string>
  /** Looked up once as long as the directory does not change. */
  #last: Speaker | undefined

  constructor(intake: Intake, protocol: Pick<StreamProtocol, 'issuesCodes'>, sender: Sender, proven: Set<string>) {
    this.#intake = intake
    this.#protocol = protocol
    this.#sender = { ...sender, proven }
    this.#proven = proven
  }

  /** What the bracelet's id, and what was proven here before, come to. */
  speakerOf(deviceId: string): Speaker {
    const { directory } = this.#intake
    const { generation } = directory
    if (this.#last?.deviceId === deviceId && this.#last.generation === generation) return this.#last
    const verdict = authorize(directory, this.#sender, deviceId)
    this.#last = { deviceId, generation, known: directory.device(deviceId), verdict }
    return this.#last
  }

  /** For `DecodeContext.maySpeak`. */
  maySpeak(deviceId: string): boolean {
    const { known, verdict } = this.speakerOf(deviceId)
    return known !== undefined && !isRefused(verdict)
  }

  /** For `DecodeContext.authorize`. */
  authorize({ deviceId, credential }: Claim): boolean {
    const { directory, deviceKey } = this.#intake
    const { known, verdict: before } = this.speakerOf(deviceId)
    const issuedCode =
      this.#protocol.issuesCodes === true && known !== undefined ? issuedCodeOf(deviceKey, known.device) : undefined
    const verdict =
      credential === undefined ? before : authorize(directory, { ...this.#sender, credential, issuedCode }, deviceId)
    if (isRefused(verdict)) {
      this.refused = { deviceId, reason: verdict }
      return false
    }
    if (credential !== undefined && this.#proven.size < PROVEN_MAX) {
      this.#proven.add(deviceId)
      this.#last = undefined
    }
    return true
  }

  /** For `DecodeContext.register`: the code to issue; nothing is proven by having asked for it. */
  register({ deviceId, credential }: Claim): string | undefined {
    const { directory, deviceKey } = this.#intake
    const verdict = authorize(directory, { ...this.#sender, credential, registers: true }, deviceId)
    if (!isRefused(verdict)) return issuedCodeOf(deviceKey, directory.device(deviceId)!.device)
    this.refused = { deviceId, reason: verdict }
    return undefined
  }
}
