// An OwnTracks phone over MQTT 3.1.1: CONNECT with its name, secret and will, then a retained PUBLISH of QoS 1 a report, the same one
// again until its PUBACK.
import type { DeviceReport } from '../../model/report/report.ts'
import { owntracksMessage } from './owntracks.ts'
import type { Outgoing, Session, WireDevice } from './wire-device.ts'

const KEEP_ALIVE_SECONDS = 60
/** User name, password, will of QoS 1 to be retained, clean session. */
const CONNECT_FLAGS = 0x80 | 0x40 | 0x20 | 0x08 | 0x04 | 0x02

export type MqttConnect = { clientId: string; username: string; password: string; willTopic: string }

export function mqttConnect({ clientId, username, password, willTopic }: MqttConnect): Buffer {
  const head = Buffer.from([4, CONNECT_FLAGS, KEEP_ALIVE_SECONDS >> 8, KEEP_ALIVE_SECONDS & 0xff])
  const will = [mqttText(willTopic), mqttText('{"_type":"lwt","tst":1}')]
  return mqttPacket(0x10, mqttText('MQTT'), head, mqttText(clientId), ...will, mqttText(username), mqttText(password))
}

export function mqttPublish(
  topic: string,
  payload: string,
  options: { qos?: 0 | 1 | 2; id?: number; retain?: boolean },
) {
  const { qos = 1, id = 1, retain = false } = options
  const messageId = qos === 0 ? [] : [Buffer.from([id >> 8, id & 0xff])]
  return mqttPacket(0x30 | (qos << 1) | (retain ? 1 : 0), mqttText(topic), ...messageId, Buffer.from(payload))
}

export function mqttSubscribe(topic: string, id: number): Buffer {
  return mqttPacket(0x82, Buffer.from([id >> 8, id & 0xff]), mqttText(topic), Buffer.from([1]))
}

function mqttPacket(type: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const length: number[] = []
  let left = body.length
  do {
    length.push((left & 0x7f) | (left > 0x7f ? 0x80 : 0))
    left >>= 7
  } while (left > 0)
  return Buffer.concat([Buffer.from([type, ...length]), body])
}

function mqttText(text: string): Buffer {
  const bytes = Buffer.from(text)
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes])
}

class OwntracksMqttSession implements Session {
  readonly hello: (() => Outgoing)[]
  readonly #deviceId: string
  #rest = Buffer.alloc(0)
  #id = 0

  constructor(deviceId: string, secret: string) {
    this.#deviceId = deviceId
    const [, username, phone] = deviceId.split('/')
    const connect = mqttConnect({
      clientId: `${username}${phone}`,
      username: username!,
      password: secret,
      willTopic: deviceId,
    })
    this.hello = [() => ({ bytes: connect, reports: [], answer: 'connected' })]
  }

  keepAlive(): Outgoing {
    return { bytes: Buffer.from([0xc0, 0]), reports: [] }
  }

  encode([report]: DeviceReport[], stored: boolean): Outgoing {
    this.#id = (this.#id % 0xffff) + 1
    const message = owntracksMessage(this.#deviceId, report!, stored)
    const bytes = mqttPublish(this.#deviceId, message, { id: this.#id, retain: true })
    return { bytes, reports: [report!], answer: `taken ${this.#id}` }
  }

  /** CONNACK, PUBACK and PINGRESP: all are shorter than 128 bytes. */
  read(chunk: Uint8Array): string[] {
    this.#rest = Buffer.concat([this.#rest, chunk])
    const answers: string[] = []
    while (this.#rest.length >= 2 && this.#rest.length >= 2 + this.#rest[1]!) {
      const [type, length] = this.#rest as unknown as [number, number]
      const body = this.#rest.subarray(2, 2 + length)
      this.#rest = this.#rest.subarray(2 + length)
      if (type === 0x20) answers.push(body[1] === 0 ? 'connected' : 'refused')
      if (type === 0x40) answers.push(`taken ${body.readUInt16BE(0)}`)
    }
    return answers
  }
}

export const owntracksMqttDevice: WireDevice = {
  protocol: 'owntracks',
  acknowledges: true,
  batchReportsMax: 1,
  saysStored: true,
  newSession: (deviceId, secret) => new OwntracksMqttSession(deviceId, secret),
}
