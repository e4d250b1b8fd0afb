// OwnTracks over MQTT, with a client of our own words over real sockets: who is let in, what is acknowledged and when.
import { connect as connectTcp, type Socket } from 'node:net'
import { connect as connectTls } from 'node:tls'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { REPORT_FLAG } from '../../model/report/report.ts'
import { DeviceLink } from '../../simulators/devices/device-link.ts'
import {
  mqttConnect,
  mqttPublish,
  mqttSubscribe,
  owntracksMqttDevice,
} from '../../simulators/devices/owntracks-mqtt.ts'
import { device, idOnly, NOW_MS, type OpenIngest, openIngest, SECRET } from './ingest-fixture.ts'
import { CA_CERTIFICATE, SERVER_CERTIFICATE, SERVER_KEY } from './tls/test-certificates.ts'

let open: OpenIngest
const sockets: Socket[] = []
const links: DeviceLink[] = []
afterEach(async () => {
  for (const link of links.splice(0)) link.close()
  for (const socket of sockets.splice(0)) socket.destroy()
  await open.close()
})

const TOPIC = 'owntracks/jane/phone'
const CONNACK = '20020000'
const RECORDS = [device(TOPIC, { protocol: 'owntracks' }), device('owntracks/tom', { protocol: 'owntracks' })]
const cut = (cause: string) =>
  open.meter.of('gelang_ingest_connections_cut_total', { protocol: 'owntracks_mqtt', cause })

function dial(isTls = false) {
  const port = open.ingest.mqttPorts[isTls ? 'tls' : 'plain']!
  const socket = isTls ? connectTls({ port, host: '127.0.0.1', ca: CA_CERTIFICATE }) : connectTcp(port)
  sockets.push(socket)
  let heard = ''
  socket.on('data', (chunk) => {
    heard += chunk.toString('hex')
  })
  socket.on('error', () => undefined)
  return {
    socket,
    closed: new Promise((resolve) => socket.once('close', resolve)),
    heard: () => heard,
    hears: (hex: string) => expect.poll(() => heard).toBe(hex),
  }
}

async function login(username = 'jane', password = SECRET, willTopic = TOPIC, clientId = 'x') {
  const line = dial()
  line.socket.write(mqttConnect({ clientId, username, password, willTopic }))
  return line
}

const fix = (secondsAgo: number, changes = {}) =>
  JSON.stringify({ _type: 'location', lat: -6.2, lon: 106.8, tst: NOW_MS / 1000 - secondsAgo, tid: 'zz', ...changes })

test('the device is let in by its user name with the topic of its will, by its id, and by its id without the first part', async () => {
  open = await openIngest({ records: RECORDS })
  for (const username of ['jane', TOPIC, 'jane/phone']) await (await login(username)).hears(CONNACK)
  await (await login('tom', SECRET, 'owntracks/tom/car')).hears(CONNACK)
})

test('a wrong password, an unknown name and the device of another protocol get one answer, and are cut', async () => {
  open = await openIngest({ records: [...RECORDS, device('b9', { protocol: 'osmand' }), idOnly('b10', 'owntracks')] })
  for (const [username, password] of [
    ['jane', 'wrong'],
    ['nobody', SECRET],
    ['b9', SECRET],
    ['b10', ''],
  ]) {
    const line = await login(username, password)
    await line.closed
    expect(line.heard()).toBe('20020005')
  }
  expect((await open.quarantined()).map(({ reason }) => reason)).toEqual([
    'bad_credential',
    'unknown_device',
    'wrong_protocol',
    'bad_credential',
  ])
  expect(JSON.stringify(await open.quarantined())).not.toContain(SECRET)
})

test('QoS 0, 1 and 2 are stored and answered by their rules; what the payload names does not count', async () => {
  open = await openIngest({ records: RECORDS })
  const line = await login()
  await line.hears(CONNACK)
  line.socket.write(mqttPublish(TOPIC, fix(3), { qos: 0 }))
  line.socket.write(mqttPublish(TOPIC, fix(2, { topic: 'owntracks/tom/car' }), { qos: 1, id: 7 }))
  line.socket.write(mqttPublish(TOPIC, fix(1), { qos: 2, id: 8 }))
  await line.hears(`${CONNACK}4002000750020008`)
  const rows = await open.stored()
  expect(rows.map(({ timeMs }) => NOW_MS - timeMs)).toEqual([3000, 2000, 1000])
  expect(new Set(rows.map(({ wearerId }) => wearerId)).size).toBe(1)
  expect(rows[0]!.flags & REPORT_FLAG.unproven).toBe(0)
})

test('only its own topics: another’s ends the connection without an answer', async () => {
  open = await openIngest({ records: RECORDS })
  for (const topic of [
    'owntracks/tom/car',
    'owntracks/jane',
    'owntracks/jane/phone2',
    `${TOPIC}/a/b`,
    '$SYS/x',
    'jane',
  ]) {
    const line = await login()
    await line.hears(CONNACK)
    line.socket.write(mqttPublish(topic, fix(1), { id: 3 }))
    await line.closed
    expect(line.heard()).toBe(CONNACK)
  }
  expect(await open.stored()).toEqual([])
  expect(cut('wrong_topic')).toBe(6)
})

test('subscriptions are refused, wills and retained messages are not kept, other messages are acknowledged', async () => {
  open = await openIngest({ records: RECORDS })
  const line = await login()
  await line.hears(CONNACK)
  line.socket.write(mqttSubscribe('owntracks/+/+', 5))
  await line.hears(`${CONNACK}9003000580`)
  line.socket.write(mqttPublish(TOPIC, fix(1), { id: 1, retain: true }))
  line.socket.write(mqttPublish(TOPIC, '', { id: 2, retain: true }))
  line.socket.write(mqttPublish(`${TOPIC}/status`, '{"_type":"status"}', { id: 3 }))
  line.socket.write(mqttPublish(`${TOPIC}/event`, fix(2, { _type: 'transition', event: 'enter' }), { id: 4 }))
  await line.hears(`${CONNACK}900300058040020001400200024002000340020004`)
  line.socket.destroy()
  await (await login()).hears(CONNACK)
  expect(await open.stored()).toHaveLength(2)
  expect(await open.quarantined()).toEqual([])
})

test('nobody takes the place of another by its client id', async () => {
  open = await openIngest({ records: RECORDS })
  const jane = await login('jane', SECRET, TOPIC, 'same')
  await jane.hears(CONNACK)
  const tom = await login('tom', SECRET, 'owntracks/tom/car', 'same')
  await tom.hears(CONNACK)
  jane.socket.write(mqttPublish(TOPIC, fix(1), { id: 1 }))
  await jane.hears(`${CONNACK}40020001`)
})

test('no PUBACK while the log takes nothing; the phone sends again, and all is there', async () => {
  open = await openIngest({ records: RECORDS })
  const line = await login()
  await line.hears(CONNACK)
  await open.redis.client('PAUSE', 700)
  line.socket.write(mqttPublish(TOPIC, fix(9), { id: 1 }))
  expect(line.heard()).toBe(CONNACK)
  await line.hears(`${CONNACK}40020001`)
  const delivered: number[] = []
  const link = new DeviceLink({
    wire: owntracksMqttDevice,
    deviceId: TOPIC,
    secret: SECRET,
    host: '127.0.0.1',
    port: open.ingest.mqttPorts.plain!,
    seed: 5,
    answerMs: 200,
    reconnectMsMin: 5,
    reconnectMsMax: 40,
    onDelivered: ({ timeMs }) => delivered.push(timeMs),
  })
  links.push(link)
  for (let second = 60; second > 0; second--) {
    link.say({
      deviceId: TOPIC,
      timeMs: NOW_MS - second * 1000,
      latDeg: -6,
      lonDeg: 106,
      fixValid: true,
      alarms: [],
      archived: false,
    })
    if (second % 10 === 0) link.cut(second % 20 === 0)
  }
  await link.drained()
  const times = new Set((await open.stored()).map(({ timeMs }) => timeMs))
  expect(delivered).toHaveLength(60)
  expect(delivered.every((timeMs) => times.has(timeMs))).toBe(true)
})

test('a packet that announces too many bytes is cut before they come; who says nothing is cut too', async () => {
  open = await openIngest({ records: RECORDS, limits: { protocolBodyBytesMax: 2000, tcpIdentifyMs: 300 } })
  const stranger = dial()
  stranger.socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]))
  await stranger.closed
  const line = await login()
  await line.hears(CONNACK)
  line.socket.write(mqttPublish(TOPIC, 'x'.repeat(2001), { id: 1 }))
  await line.closed
  expect(cut('packet_too_large')).toBe(2)
  await dial().closed
})

test('many connections of one device take places from each other only', async () => {
  open = await openIngest({ records: RECORDS, limits: { tcpConnectionsPerIdMax: 2 } })
  const tom = await login('tom', SECRET, 'owntracks/tom/car')
  await tom.hears(CONNACK)
  const lines = []
  for (let i = 0; i < 5; i++) {
    const line = await login('jane', SECRET, TOPIC, `client ${i}`)
    await line.hears(CONNACK)
    lines.push(line)
  }
  await Promise.all(lines.slice(0, 3).map(({ closed }) => closed))
  tom.socket.write(mqttPublish('owntracks/tom/car', fix(1), { id: 1 }))
  await tom.hears(`${CONNACK}40020001`)
})

test('over TLS, for a device that requires it; without TLS it is refused', async () => {
  const records = [device(TOPIC, { protocol: 'owntracks', requiresTls: true })]
  open = await openIngest({ records, tls: { certificate: SERVER_CERTIFICATE, key: SERVER_KEY } })
  const line = dial(true)
  line.socket.write(mqttConnect({ clientId: 'x', username: 'jane', password: SECRET, willTopic: TOPIC }))
  await line.hears(CONNACK)
  const plain = await login()
  await plain.closed
  expect(plain.heard()).toBe('20020005')
})

test('a flood of random and mutated packets, let in or not: others go on, and nothing is kept of it', async () => {
  open = await openIngest({ records: RECORDS })
  const golden = [
    mqttConnect({ clientId: 'x', username: 'jane', password: SECRET, willTopic: TOPIC }),
    mqttPublish(TOPIC, fix(1), { id: 1 }),
    mqttPublish(`${TOPIC}/event`, '[]', { qos: 2, id: 2 }),
    mqttSubscribe('#', 1),
    Buffer.from([0xc0, 0, 0xe0, 0]),
  ]
  await fc.assert(
    fc.asyncProperty(
      fc.boolean(),
      fc.array(fc.tuple(fc.nat(4), fc.nat(), fc.nat(255)), { maxLength: 5 }),
      fc.uint8Array({ maxLength: 40 }),
      async (isLoggedIn, mutations, tail) => {
        const line = dial()
        if (isLoggedIn) line.socket.write(golden[0]!)
        for (const [which, at, byte] of mutations) {
          const bytes = Buffer.from(golden[which]!)
          bytes[at % bytes.length] = byte
          line.socket.write(bytes)
        }
        line.socket.end(tail)
        await line.closed
      },
    ),
    { numRuns: 150 },
  )
  const line = await login()
  await line.hears(CONNACK)
  line.socket.write(mqttPublish(TOPIC, fix(30), { id: 9 }))
  await line.hears(`${CONNACK}40020009`)
  expect((await open.stored()).some(({ timeMs }) => timeMs === NOW_MS - 30_000)).toBe(true)
})
