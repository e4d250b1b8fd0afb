// One OwnTracks client: who it is, what it may publish, and what comes of it.
import { isRefused, nameOf, type Sender } from '../../admission/authorize.ts'
import { takeTokens } from '../../admission/directory.ts'
import type { Intake } from '../../admission/intake.ts'
import type { DecodeContext } from '../../protocols/decoder.ts'
import { readOwntracks } from '../../protocols/owntracks.ts'
import { isUrgent } from '../../protocols/urgent.ts'
import type { StreamSpeakers } from '../stream-speakers.ts'

/** Below a device's topic; only the topic itself and its events hold reports. */
const SUBTOPICS = ['event', 'waypoint', 'waypoints', 'status', 'step', 'steps', 'dump', 'info', 'beacon', 'beacons']
const WITH_REPORTS = ['', 'event']

export type Taken = 'stored' | 'not_stored' | 'refused'

export class MqttClient {
  readonly deviceId: string
  readonly #intake: Intake
  readonly #speakers: StreamSpeakers
  readonly #name: string
  readonly #context: DecodeContext

  constructor(intake: Intake, speakers: StreamSpeakers, sender: Sender, deviceId: string) {
    this.deviceId = deviceId
    this.#intake = intake
    this.#speakers = speakers
    this.#name = nameOf(sender)
    this.#context = {
      receivedMs: 0,
      settingsOf: () => speakers.speakerOf(deviceId).known?.device.settings,
      authorize: (claim) => speakers.authorize(claim),
    }
  }

  /**
   * `stored`: the message may be acknowledged. What comes above the device's rate waits first, and so does all that this client
   * sends behind it; what is urgent does not.
   */
  async take(topic: string, payload: Uint8Array): Promise<Taken> {
    const { deviceId } = this
    const intake = this.#intake
    const batch = intake.newBatch('owntracks')
    const { known, verdict } = this.#speakers.speakerOf(deviceId)
    const subtopic = subtopicOf(topic, deviceId)
    if (isRefused(verdict) || known === undefined || subtopic === undefined) {
      const reason = isRefused(verdict) ? verdict : 'bad_credential'
      intake.refuseStranger(batch, reason, 'not a topic of this device', deviceId, () => payload)
      await intake.settle(batch)
      return 'refused'
    }
    // An empty message only takes a retained one away.
    if (payload.length === 0 || !WITH_REPORTS.includes(subtopic)) return 'stored'
    batch.sender = `device:${deviceId}`
    this.#context.receivedMs = batch.receivedMs
    const { reports, error } = readOwntracks(payload, deviceId, this.#context)
    let isKept = error === undefined || intake.refuse(batch, error.reason, error.detail, deviceId, payload)
    for (const report of reports) {
      const wrong = intake.take(batch, report, known, verdict, this.#name)
      // The message holds all its records, so it is kept once.
      if (wrong !== undefined)
        isKept =
          intake.refuse(
            batch,
            wrong.reason,
            wrong.detail,
            deviceId,
            batch.quarantined === undefined ? payload : undefined,
          ) && isKept
    }
    const waitMs = takeTokens(
      known,
      reports.filter((report) => !isUrgent(report)).length,
      batch.receivedMs,
      intake.limits,
    )
    if (!(await intake.settle(batch)) || !isKept) return 'not_stored'
    if (waitMs > 0) await new Promise<void>((resolve) => setTimeout(resolve, waitMs).unref())
    return 'stored'
  }
}

/** What follows the device's own topic, '' for the topic itself; undefined where the topic is another's or none. */
function subtopicOf(topic: string, deviceId: string): string | undefined {
  const parts = topic.split('/')
  const base = deviceId.startsWith('owntracks/') ? deviceId.split('/') : ['owntracks', deviceId]
  if (!base.every((part, i) => part === parts[i])) return undefined
  // A device that is registered by its user alone names itself in the third part.
  const rest = parts.slice(Math.max(3, base.length))
  if (parts.length < 3 || parts.some((part) => part === '')) return undefined
  if (rest.length === 0) return ''
  return rest.length === 1 && SUBTOPICS.includes(rest[0]!) ? rest[0] : undefined
}
