// Every port of ingest, with worked input for it, and the bracelets that this input names.
import type { DeviceProtocol } from '../../ingest/protocols/decoder.ts'
import { DEVICE_PROTOCOLS } from '../../ingest/protocols/protocols.ts'
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import type { Protocol } from '../../model/report/report.ts'
import { mqttConnect, mqttPublish, mqttSubscribe } from '../../simulators/devices/owntracks-mqtt.ts'
import { GOLDEN } from '../ingest/golden-frames.ts'
import { GT06_GOLDEN } from '../ingest/golden-gt06.ts'
import { MORE_GOLDEN } from '../ingest/golden-more.ts'
import { device, idOnly, SECRET } from '../ingest/ingest-fixture.ts'

export type Target = { name: string; transport: 'tcp' | 'udp'; protocol: Protocol | 'mqtt'; golden: Buffer[] }

const PHONE = 'owntracks/fuzz/phone'
const FORM = 'id=fuzz&lat=-6.2&lon=106.8&timestamp=1767864605&alarm=sos&batt=50&speed=3'
const JSON_REPORT = JSON.stringify({ deviceId: 'fuzz', time: 1767864605000, lat: -6.2, lon: 106.8, alarms: ['sos'] })
const AUTH = `Authorization: Bearer ${SECRET}`

const ALL_GOLDEN = [...GOLDEN, ...GT06_GOLDEN, ...MORE_GOLDEN]

export function fuzzTargets(): Target[] {
  const targets: Target[] = [
    { name: 'own', transport: 'tcp', protocol: 'own', golden: ownRequests() },
    { name: 'owntracks over MQTT', transport: 'tcp', protocol: 'mqtt', golden: mqttSessions() },
  ]
  for (const protocol of DEVICE_PROTOCOLS as readonly DeviceProtocol[]) {
    const golden = goldenOf(protocol)
    targets.push({ name: protocol.name, transport: 'tcp', protocol: protocol.name, golden })
    if (protocol.transport === 'tcp' && protocol.udp !== undefined)
      targets.push({ name: `${protocol.name} over UDP`, transport: 'udp', protocol: protocol.name, golden })
  }
  return targets
}

/** So that mutated frames come past the door, whoever they name is known. */
export function fuzzedBracelets(): DirectoryRecord[] {
  const records = [device('fuzz'), device(PHONE, { protocol: 'owntracks' })]
  const named = new Set<string>()
  for (const protocol of DEVICE_PROTOCOLS as readonly DeviceProtocol[]) {
    if (protocol.transport !== 'tcp') continue
    const authorize = ({ deviceId }: { deviceId: string }) => {
      named.add(`${protocol.name} ${deviceId}`)
      return true
    }
    const decoder = protocol.newDecoder()
    for (const bytes of goldenOf(protocol))
      for (const frame of protocol.newFramer(64 * 1024).push(bytes))
        decoder.decode(frame, { receivedMs: 0, settingsOf: () => undefined, authorize })
  }
  for (const name of named) {
    const [protocol, deviceId] = name.split(' ') as [Protocol, string]
    records.push(idOnly(deviceId, protocol, { settings: { skipsAuthentication: true } }))
  }
  return records
}

function goldenOf(protocol: DeviceProtocol): Buffer[] {
  if (protocol.name === 'osmand') return osmandRequests()
  if (protocol.name === 'owntracks') return owntracksRequests()
  const isHex = protocol.transport === 'tcp' && protocol.lines === 'hex'
  return ALL_GOLDEN.filter((golden) => golden.protocol === protocol.name).map(({ lines }) =>
    isHex
      ? Buffer.from(lines.join('').replace(/\s/g, ''), 'hex')
      : Buffer.from(lines.map((line) => `${line}\r\n`).join(''), 'latin1'),
  )
}

function osmandRequests(): Buffer[] {
  return [
    `GET /?${FORM} HTTP/1.1\r\nHost: x\r\n${AUTH}\r\n\r\n`,
    `GET ?${FORM} HTTP/1.0\n${AUTH}\n\n`,
    posted('/', FORM, 'application/x-www-form-urlencoded'),
    posted(
      '/',
      JSON.stringify({
        device_id: 'fuzz',
        location: { timestamp: '2026-01-08T09:30:05Z', coords: { latitude: 1, longitude: 2 } },
      }),
    ),
    posted(
      '/',
      JSON.stringify({
        locations: [{ type: 'Feature', geometry: { coordinates: [1, 2] }, properties: { device_id: 'fuzz' } }],
      }),
    ),
  ].map((text) => Buffer.from(text))
}

function owntracksRequests(): Buffer[] {
  const basic = `Authorization: Basic ${Buffer.from(`fuzz:${SECRET}`).toString('base64')}\r\nX-Limit-D: phone`
  const fix = { _type: 'location', lat: -6.2, lon: 106.8, tst: 1767864605, t: 'p', created_at: 1767864606, batt: 3 }
  return [fix, [fix, fix], { _type: 'transition', event: 'leave', tst: 1 }, { _type: 'encrypted', data: 'x' }].map(
    (body) => Buffer.from(posted('/pub', JSON.stringify(body), 'application/json', basic)),
  )
}

function ownRequests(): Buffer[] {
  return [
    posted('/v1/reports', JSON_REPORT),
    posted('/v1/reports', `{"reports":[${JSON_REPORT},${JSON_REPORT}]}`),
    posted(
      '/v1/traccar/positions',
      '{"position":{"latitude":1,"attributes":{"alarm":"sos"}},"device":{"uniqueId":"fuzz"}}',
    ),
    `GET /v1/gateway HTTP/1.1\r\nHost: x\r\n${AUTH}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n`,
  ].map((text) => Buffer.from(text))
}

function posted(path: string, body: string, type = 'application/json', auth = AUTH): string {
  return `POST ${path} HTTP/1.1\r\nHost: x\r\n${auth}\r\nContent-Type: ${type}\r\nContent-Length: ${body.length}\r\n\r\n${body}`
}

function mqttSessions(): Buffer[] {
  const connect = mqttConnect({ clientId: 'f', username: 'fuzz', password: SECRET, willTopic: PHONE })
  const fix = JSON.stringify({ _type: 'location', lat: -6.2, lon: 106.8, tst: 1767864605 })
  return [
    Buffer.concat([connect, mqttPublish(PHONE, fix, { id: 1 }), mqttPublish(PHONE, fix, { qos: 2, id: 2 })]),
    Buffer.concat([connect, mqttSubscribe('owntracks/+/+', 3), mqttPublish(`${PHONE}/event`, fix, { qos: 0 })]),
    Buffer.concat([connect, Buffer.from([0xc0, 0, 0xe0, 0])]),
  ]
}
