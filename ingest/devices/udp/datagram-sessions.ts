// What is remembered of the addresses that datagrams come from: bounded, the ones silent for longest are forgotten.
import { nameOf, type Sender } from '../../admission/authorize.ts'
import type { Intake } from '../../admission/intake.ts'
import type { DecodeContext, StreamDecoder, StreamProtocol } from '../../protocols/decoder.ts'
import { StreamSpeakers } from '../stream-speakers.ts'

export type DatagramSession = {
  speakers: StreamSpeakers
  /** Absent until a frame of a known bracelet was decoded: strangers have no memory here. */
  decoder?: StreamDecoder
  context: DecodeContext
  name: string
}

export class DatagramSessions {
  readonly #intake: Intake
  readonly #protocol: StreamProtocol
  /** By address and port, the last to speak at the end. */
  readonly #sessions = new Map<string, DatagramSession>()
  readonly #withDecoder = new Map<string, DatagramSession>()

  constructor(intake: Intake, protocol: StreamProtocol) {
    this.#intake = intake
    this.#protocol = protocol
  }

  get size(): number {
    return this.#sessions.size
  }

  /** The session of a source, and the decoder of its next frame. */
  of(address: string, port: number): { session: DatagramSession; decoder: StreamDecoder } {
    const source = `${address} ${port}`
    const session = this.#sessions.get(source) ?? this.#newSession(address)
    return { session, decoder: session.decoder ?? this.#protocol.newDecoder() }
  }

  /** The source spoke for a bracelet that it may speak for. */
  keep(address: string, port: number, session: DatagramSession, decoder: StreamDecoder): void {
    const source = `${address} ${port}`
    const { udpSessionsMax, udpDecodersMax } = this.#intake.limits
    touch(this.#sessions, source, session, udpSessionsMax)
    session.decoder = decoder
    const forgotten = touch(this.#withDecoder, source, session, udpDecodersMax)
    if (forgotten !== undefined) delete forgotten.decoder
  }

  #newSession(address: string): DatagramSession {
    const intake = this.#intake
    const sender: Sender = { protocol: this.#protocol.name, address, isDatagram: true }
    const speakers = new StreamSpeakers(intake, this.#protocol, sender, new Set())
    return {
      speakers,
      name: nameOf(sender),
      context: {
        receivedMs: 0,
        settingsOf: (deviceId) => speakers.speakerOf(deviceId).known?.device.settings,
        authorize: (claim) => speakers.authorize(claim),
        register: (claim) => speakers.register(claim),
        maySpeak: (deviceId) => speakers.maySpeak(deviceId),
        isKnown: (deviceId) => speakers.speakerOf(deviceId).known !== undefined,
      },
    }
  }
}

/** Puts it last; gives the first, which is out then, where there are too many. */
function touch<T>(map: Map<string, T>, key: string, value: T, max: number): T | undefined {
  map.delete(key)
  map.set(key, value)
  if (map.size <= max) return undefined
  const [oldest] = map.keys()
  const out = map.get(oldest!)
  map.delete(oldest!)
  return out
}
