// Garbage on every port at once: random bytes, worked frames with bits turned over, halves of frames, in chunks of any size.
// Nothing ends, nothing fails, nothing is made up, and a sound device on each port is answered as before.
import { connect, type Socket } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEVICE_PROTOCOLS } from '../../ingest/protocols/protocols.ts'
import { type DeviceReport, type Protocol, REPORT_FLAG } from '../../model/report/report.ts'
import { WIRE_DEVICES } from '../../simulators/devices/all-devices.ts'
import { DeviceLink } from '../../simulators/devices/device-link.ts'
import { type Random, randomOf } from '../../simulators/random.ts'
import { GatewaySender } from '../../simulators/send-gateway.ts'
import { sendOsmand } from '../../simulators/send-osmand.ts'
import { PATIENCE_MS } from '../setup/patience-ms.ts'
import {
  device,
  GATEWAY_SECRET,
  gateway,
  idOnly,
  NOW_MS,
  type OpenIngest,
  openIngest,
  SECRET,
  ward,
} from './ingest-fixture.ts'
import { gt06, hexOfText, jt808, nmea, teltonika, watch, xexun3 } from './wire-envelopes.ts'

const SEED = 4
const GARBAGE_CONNECTIONS = 40
const SOUND_REPORTS = 50
/** The ids that garbage may hit are known to nobody. */
const FRAMES: readonly Buffer[] = [
  gt06('01', '0860000000000026', 1) + gt06('12', '1a0108091e05c900aa49c00b75598024110f01fe0a123400abcd', 2),
  jt808('0200', '0000000000000006005e9ac0065da3800017 0024 010f260108173005'.replace(/\s/g, '')),
  hexOfText(`${nmea('ECHK,86000042,0')}\r\n`),
  xexun3('20', '6906695f79600400'),
  hexOfText('@GPSD,860000000000059,R,20260108,093000,59.91325,N,010.73801,E,4,187,23,64,L,$'),
  hexOfText(
    '0178$MGV002,860000000000059,,R,080126,093005,A,0610.52440,S,10649.63660,E,00,09,00,0.95,0.0,0.0,1.0,0.0;!',
  ),
  hexOfText('IWAP00999999999999977#IWAP01260108A0612.0000S10648.0000E000.0093005271.0006000908300102,510,10,1,2,#'),
  hexOfText(watch('LK,1,2,3', '7777777777')),
  hexOfText(`\x00\x0f999999999999977`) + teltonika('08', ['00'.repeat(30)]),
  hexOfText('*HQ,7777777777,V1,093005,A,0612.0000,S,10648.0000,E,010.00,271,080126,FFFFFBFF#'),
  hexOfText('POST /v1/reports HTTP/1.1\r\nHost: x\r\nContent-Length: 20\r\n\r\n{"deviceId":"nobody"}'),
  hexOfText(
    'GET /v1/gateway HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\r\n',
  ),
].map((hex) => Buffer.from(hex, 'hex'))

let open: OpenIngest
const soundIds = new Map(WIRE_DEVICES.map(({ wire, idOf }) => [wire.protocol, idOf(1)]))

beforeAll(async () => {
  console.log(`garbage from seed ${SEED}`)
  open = await openIngest({
    records: [
      // Over HTTP an id alone is not enough.
      ...[...soundIds].map(([protocol, id]) =>
        protocol === 'owntracks' ? device(id, { protocol }) : idOnly(id, protocol),
      ),
      device('sound-osmand'),
      ward('sound-gateway'),
      gateway('g1'),
    ],
  })
})
afterAll(() => open.close())

function garbage(random: Random): Buffer {
  const kind = random.next()
  if (kind < 0.3) return Buffer.from(Array.from({ length: random.integer(1, 3000) }, () => random.integer(0, 256)))
  const frame = Buffer.from(random.pick(FRAMES))
  if (kind < 0.6) return frame.subarray(0, random.integer(1, frame.length))
  for (let flips = random.integer(1, 9); flips > 0; flips--) {
    const at = random.integer(0, frame.length)
    frame[at] = frame[at]! ^ (1 << random.integer(0, 8))
  }
  return kind < 0.8 ? frame : Buffer.concat(Array.from({ length: 40 }, () => frame))
}

/** Sends garbage in chunks of any size until it is cut or has said it all; then hangs up. */
async function sendGarbage(port: number, random: Random): Promise<void> {
  const socket: Socket = connect({ port, host: '127.0.0.1' })
  socket.on('error', () => socket.destroy())
  socket.resume()
  for (let left = 12; left > 0 && !socket.destroyed; left--) {
    const bytes = garbage(random)
    for (let at = 0; at < bytes.length && !socket.destroyed; ) {
      const end = at + random.integer(1, 1500)
      await new Promise<void>((resolve) => {
        socket.once('close', resolve)
        socket.write(bytes.subarray(at, end), () => {
          socket.off('close', resolve)
          resolve()
        })
      })
      at = end
    }
  }
  socket.destroy()
}

const reportOf = (deviceId: string, i: number): DeviceReport => ({
  deviceId,
  timeMs: NOW_MS - (SOUND_REPORTS - i) * 1000,
  fixValid: true,
  latDeg: -6.2,
  lonDeg: 106.8,
  alarms: [],
  archived: false,
})

/** A sound device of every kind sends its reports; resolves when all are answered, or TCP has taken those never answered. */
async function soundDevices(): Promise<void> {
  const links = WIRE_DEVICES.map(({ wire }, i) => {
    const deviceId = soundIds.get(wire.protocol)!
    const link = new DeviceLink({
      wire,
      deviceId,
      host: '127.0.0.1',
      port: open.ingest.ports[wire.protocol]!,
      seed: SEED + i,
      secret: SECRET,
      // On a busy machine an answer may take seconds; a frame that goes again is stored again.
      answerMs: PATIENCE_MS,
      onDelivered: () => undefined,
    })
    for (let n = 0; n < SOUND_REPORTS; n++) link.say(reportOf(deviceId, n))
    return link
  })
  const feed = new GatewaySender({
    url: open.url('own', '/v1/gateway').replace('http', 'ws'),
    gatewayId: 'g1',
    secret: GATEWAY_SECRET,
  })
  feed.send(Array.from({ length: SOUND_REPORTS }, (_, n) => reportOf('sound-gateway', n)))
  const wait = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
  for (let n = 0; n < SOUND_REPORTS; n++)
    await sendOsmand({ url: open.url('osmand', '/'), deviceId: 'sound-osmand', token: SECRET }, reportOf('', n), wait)
  await Promise.all([feed.drained(), ...links.map((link) => link.drained())])
  feed.close()
  for (const link of links) link.close()
}

test('garbage on every port: sound devices on the same ports are answered, nothing is made up', {
  timeout: 240_000,
}, async () => {
  const ports = new Map<Protocol, number>(Object.entries(open.ingest.ports) as [Protocol, number][])
  expect(ports.size).toBe(DEVICE_PROTOCOLS.length + 1)
  const shouting = [...ports.values()].flatMap((port, p) =>
    Array.from({ length: GARBAGE_CONNECTIONS }, (_, i) => sendGarbage(port, randomOf(SEED * 10_000 + p * 100 + i))),
  )
  await Promise.all([soundDevices(), ...shouting])

  const rows = (await open.stored()).filter(({ flags }) => (flags & REPORT_FLAG.timeFromReceipt) === 0)
  expect(rows).toHaveLength((WIRE_DEVICES.length + 2) * SOUND_REPORTS)
  expect(open.said.filter(({ level }) => level === 'error')).toEqual([])
  // Node's own client keeps its connection to OsmAnd for another request.
  const left = () =>
    [...ports.keys()].filter(
      (protocol) => protocol !== 'osmand' && open.meter.of('gelang_ingest_connections', { protocol }) > 0,
    )
  await expect.poll(left).toEqual([])
})
