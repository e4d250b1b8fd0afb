// An OwnTracks phone: one POST a message over one kept connection, the same one again until it gets a 2xx.
import type { DeviceReport } from '../../model/report/report.ts'
import { KMH_PER_MPS } from './wire-bytes.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

class OwntracksSession implements Session {
  readonly hello: (() => Outgoing)[] = []
  readonly #deviceId: string
  #rest = ''

  readonly #secret: string

  constructor(deviceId: string, secret: string) {
    this.#deviceId = deviceId
    this.#secret = secret
  }

  encode([report]: DeviceReport[], stored: boolean): Outgoing {
    const [, user, phone] = this.#deviceId.split('/')
    const json = owntracksMessage(this.#deviceId, report!, stored)
    const head = [
      'POST /pub HTTP/1.1',
      'Host: gelang',
      `Authorization: Basic ${Buffer.from(`${user}:${this.#secret}`).toString('base64')}`,
      `X-Limit-D: ${phone}`,
      'Content-Type: application/json',
      `Content-Length: ${Buffer.byteLength(json)}`,
    ]
    return { bytes: Buffer.from(`${head.join('\r\n')}\r\n\r\n${json}`), reports: [report!], answer: 'taken' }
  }

  read(chunk: Uint8Array): string[] {
    this.#rest += Buffer.from(chunk).toString('latin1')
    const answers: string[] = []
    for (;;) {
      const headEnd = this.#rest.indexOf('\r\n\r\n')
      if (headEnd < 0) return answers
      const head = this.#rest.slice(0, headEnd)
      const status = Number(/^HTTP\/1\.1 (\d{3})/.exec(head)?.[1])
      const length = Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
      if (this.#rest.length < headEnd + 4 + length) return answers
      this.#rest = this.#rest.slice(headEnd + 4 + length)
      answers.push(status >= 200 && status < 300 ? 'taken' : 'refused')
    }
  }
}

/** A location as the app makes it, over HTTP and MQTT alike. */
export function owntracksMessage(deviceId: string, report: DeviceReport, stored: boolean): string {
  const { latDeg, lonDeg, timeMs, speedMps, courseDeg, accuracyM, batteryPercent, charging } = report
  const phone = deviceId.split('/')[2]
  return JSON.stringify({
    _type: 'location',
    topic: deviceId,
    tid: phone?.slice(-2),
    lat: latDeg,
    lon: lonDeg,
    tst: Math.floor(timeMs / 1000),
    acc: accuracyM,
    vel: speedMps === undefined ? undefined : Math.round(speedMps * KMH_PER_MPS),
    cog: courseDeg === undefined ? undefined : Math.round(courseDeg),
    batt: batteryPercent === undefined ? undefined : Math.round(batteryPercent),
    bs: charging === undefined ? 0 : charging ? 2 : 1,
    // The place of a ping is an old one.
    t: report.fixValid ? 't' : 'p',
    conn: stored ? 'o' : 'm',
  })
}

export const owntracksDevice: WireDevice = {
  protocol: 'owntracks',
  acknowledges: true,
  answersAnyFrame: true,
  batchReportsMax: 1,
  saysStored: true,
  newSession: (deviceId, secret) => new OwntracksSession(deviceId, secret),
}
