// Device protocols over UDP, with real sockets: what is taken, answered, limited and marked.
import { createSocket, type Socket } from 'node:dgram'
import { connect, type Socket as NetSocket } from 'node:net'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import { DEVICE_PROTOCOLS } from '../../ingest/protocols/protocols.ts'
import { ALARM, type DeviceReport, type Protocol, REPORT_FLAG } from '../../model/report/report.ts'
import { wireOf } from '../../simulators/devices/all-devices.ts'
import { DatagramSocket } from '../../simulators/devices/datagram-socket.ts'
import { DeviceLink } from '../../simulators/devices/device-link.ts'
import { GOLDEN } from './golden-frames.ts'
import { MORE_GOLDEN } from './golden-more.ts'
import { device, idOnly, NOW_MS, type OpenIngest, openIngest, SECRET } from './ingest-fixture.ts'
import { hexOfText, jt808, teltonikaDatagram } from './wire-envelopes.ts'

let open: OpenIngest
const sockets: Socket[] = []
const links: DeviceLink[] = []
afterEach(async () => {
  for (const link of links.splice(0)) link.close()
  for (const socket of sockets.splice(0)) socket.close()
  await open.close()
})

const IMEI = '860000000200007'
const ID808 = '86000000007'
const dropped = (protocol: Protocol, cause: string) =>
  open.meter.of('gelang_ingest_datagrams_dropped_total', { protocol, cause })

function sender(protocol: Protocol) {
  const socket = createSocket('udp4')
  sockets.push(socket)
  const heard: string[] = []
  socket.on('message', (datagram) => heard.push(datagram.toString('hex')))
  const port = open.ingest.udpPorts[protocol]!
  return {
    heard,
    send: (datagram: string | Uint8Array) =>
      new Promise<void>((resolve, reject) =>
        socket.send(datagram, port, '127.0.0.1', (error) => (error ? reject(error) : resolve())),
      ),
  }
}

const reportAt = (secondsAgo: number, changes: Partial<DeviceReport> = {}): DeviceReport => ({
  deviceId: IMEI,
  timeMs: NOW_MS - secondsAgo * 1000,
  fixValid: true,
  latDeg: -6.2,
  lonDeg: 106.8,
  alarms: [],
  archived: false,
  ...changes,
})
const megastek = (secondsAgo: number, changes: Partial<DeviceReport> = {}) =>
  wireOf('megastek')
    .newSession(IMEI, '')
    .encode([reportAt(secondsAgo, changes)], false).bytes

test('a datagram is taken, and marked as proven by nothing', async () => {
  open = await openIngest({ records: [idOnly(IMEI, 'megastek')] })
  await sender('megastek').send(megastek(60, { alarms: ['sos'] }))
  await expect.poll(() => open.stored()).toMatchObject([{ alarms: ALARM.sos, flags: 3 | REPORT_FLAG.unproven }])
})

test('several frames in one datagram; part of a frame, an empty, a giant and a strange one; others go on', async () => {
  open = await openIngest({ records: [idOnly(IMEI, 'megastek')] })
  const line = sender('megastek')
  await line.send(Buffer.concat([megastek(50), megastek(49)]))
  await line.send(megastek(48).subarray(0, 90))
  await line.send('')
  await line.send(Buffer.alloc(60_000, 'x'))
  await line.send('who are you?')
  await line.send(Buffer.from(megastek(47)).toString('latin1').replace(IMEI, '860000000200008'))
  await line.send(megastek(46))
  // Part of a frame is contact, and no more.
  await expect
    .poll(async () => (await open.stored()).map(({ flags }) => flags & REPORT_FLAG.timeFromReceipt).sort())
    .toEqual([0, 0, 0, REPORT_FLAG.timeFromReceipt])
  await expect
    .poll(async () => (await open.quarantined()).map(({ reason }) => reason).sort())
    .toEqual(['malformed', 'malformed', 'oversized', 'unknown_device'])
  expect(dropped('megastek', 'empty')).toBe(1)
  expect(line.heard).toEqual([])
})

const LOCATION = '0000000000000006005e9ac0065da3800017 0024 010f 260108173005'.replace(/\s/g, '')
const frame808 = (message: string, body: string, id: string) => Buffer.from(jt808(message, body, { id }), 'hex')

test('a secret shown from the same address proves nothing later: a datagram’s sender is written by whoever sends it', async () => {
  open = await openIngest({ records: [device(ID808, { protocol: 'jt808' })] })
  const line = sender('jt808')
  await line.send(frame808('0200', LOCATION, '086000000007'))
  await expect.poll(async () => (await open.quarantined()).map(({ reason }) => reason)).toEqual(['bad_credential'])
  await line.send(frame808('0102', Buffer.from(SECRET).toString('hex'), '086000000007'))
  await expect.poll(() => line.heard.length).toBe(1)
  await line.send(frame808('0200', LOCATION, '086000000007'))
  await expect.poll(() => line.heard.length).toBe(2)
  expect((await open.stored())[0]!.flags & REPORT_FLAG.unproven).not.toBe(0)
})

test('a bracelet that must use TLS, one of another protocol, and one whose secret was not shown are refused without an answer', async () => {
  open = await openIngest({
    records: [
      idOnly(ID808, 'jt808', { requiresTls: true }),
      idOnly('86000000008', 'megastek'),
      device('86000000009', { protocol: 'jt808' }),
    ],
  })
  const line = sender('jt808')
  for (const id of ['086000000007', '086000000008', '086000000009']) await line.send(frame808('0200', LOCATION, id))
  await expect.poll(async () => (await open.quarantined()).length).toBe(3)
  expect(await open.stored()).toEqual([])
  expect(line.heard).toEqual([])
})

function linkOf(protocol: 'jt808' | 'laipac' | 'megastek', deviceId: string, seed: number, trouble = {}): DeviceLink {
  let dials = 0
  const link = new DeviceLink({
    wire: wireOf(protocol),
    deviceId,
    secret: SECRET,
    host: '127.0.0.1',
    port: 0,
    seed,
    answerMs: 60,
    reconnectMsMin: 5,
    reconnectMsMax: 40,
    dial: () =>
      new DatagramSocket(open.ingest.udpPorts[protocol]!, '127.0.0.1', {
        seed: seed + dials++,
        ...trouble,
      }) as unknown as NetSocket,
    onDelivered: ({ timeMs }) => delivered.add(timeMs),
  })
  links.push(link)
  return link
}
const delivered = new Set<number>()

for (const [protocol, id] of [
  ['jt808', ID808],
  ['laipac', '86000007'],
] as const)
  test(`${protocol}: datagrams lost, doubled and out of order: what was answered is in the log`, async () => {
    open = await openIngest({ records: [idOnly(id, protocol)] })
    delivered.clear()
    const link = linkOf(protocol, id, 7, { lost: 0.2, doubled: 0.2, reordered: 0.2 })
    for (let second = 60; second > 0; second--) link.say(reportAt(second, { deviceId: id }))
    await link.drained()
    const times = new Set((await open.stored()).map(({ timeMs }) => timeMs))
    expect(delivered.size).toBe(60)
    for (const timeMs of delivered) expect(times.has(timeMs)).toBe(true)
  })

test('beyond the limits only what is urgent is taken, and nothing is answered', async () => {
  open = await openIngest({
    records: [idOnly(IMEI, 'megastek')],
    limits: { datagramsByAddress: { perSecond: 0.001, burst: 5 } },
  })
  const line = sender('megastek')
  for (let second = 30; second > 10; second--) await line.send(megastek(second))
  await line.send(megastek(5, { alarms: ['strapOpen'] }))
  await expect
    .poll(async () => (await open.stored()).map(({ alarms }) => alarms))
    .toEqual([0, 0, 0, 0, 0, ALARM.strapOpen])
  expect(open.meter.of('gelang_ingest_refusals_total', { protocol: 'megastek', reason: 'rate_limited' })).toBe(16)
})

test('a flood of datagrams in the name of a bracelet slows no connection of its unit, and leaves no debt behind', async () => {
  open = await openIngest({
    records: [idOnly(IMEI, 'megastek'), idOnly('860000000000058', 'r16h')],
    limits: { unprovenByUnit: { perSecond: 1, burst: 10 } },
  })
  const line = sender('megastek')
  const frames = Buffer.concat(Array.from({ length: 20 }, (_, i) => megastek(100 + i)))
  for (let i = 0; i < 20; i++) await line.send(frames)
  await expect
    .poll(() => open.meter.of('gelang_ingest_refusals_total', { protocol: 'megastek', reason: 'rate_limited' }))
    .toBe(390)
  const bracelet = connect(open.ingest.ports.r16h!, '127.0.0.1')
  for (let second = 0; second < 5; second++)
    bracelet.write(`@GPSD,860000000000058,R,20260108,09300${second},59.91325,N,010.73801,E,4,187,23,64,L,$`)
  await expect.poll(async () => (await open.stored()).length).toBe(15)
  bracelet.destroy()
  open.clock.nowMs += 1000
  await line.send(megastek(1))
  await expect.poll(async () => (await open.stored()).length).toBe(16)
})

test('while the log takes nothing, what waits is bounded and the rest is dropped and counted', async () => {
  open = await openIngest({ records: [idOnly(IMEI, 'megastek')], limits: { udpPendingMax: 3 } })
  const line = sender('megastek')
  await open.redis.client('PAUSE', 1000)
  for (let second = 60; second > 0; second--) await line.send(megastek(second))
  await expect.poll(() => dropped('megastek', 'log_behind')).toBeGreaterThan(30)
  await expect.poll(async () => (await open.stored()).length).toBeGreaterThanOrEqual(3)
})

test('Teltonika: a datagram says who speaks, and is answered by its packet and the number of records', async () => {
  open = await openIngest({ records: [idOnly('860000000000606', 'teltonika')] })
  const line = sender('teltonika')
  const record = '0000019b9cf11948003fa86300fc4df480000c010f090024ec0101ec01000000'
  const datagram = teltonikaDatagram('860000000000606', '08', [record, record.replace('1948', '1d30')], 0xcafe)
  await line.send(Buffer.from(teltonikaDatagram('860000000000607', '08', [record], 1), 'hex'))
  await line.send(Buffer.from(datagram.slice(0, -2), 'hex'))
  await line.send(Buffer.from(datagram, 'hex'))
  await expect.poll(() => line.heard).toEqual(['0005cafe010502'])
  await expect
    .poll(() => open.stored())
    .toMatchObject([
      { alarms: ALARM.sos, flags: 7 | REPORT_FLAG.unproven },
      { alarms: ALARM.sos, flags: 7 | REPORT_FLAG.unproven },
    ])
})

test('H02 over UDP', async () => {
  open = await openIngest({ records: [idOnly('8600000410', 'h02')] })
  const line = sender('h02')
  await line.send('*HQ,8600000410,V1,095905,A,0612.0000,S,10648.0000,E,0.00,0,080126,FFFFFBFD#')
  await expect.poll(() => line.heard.length).toBe(1)
  expect(line.heard[0]).toContain(hexOfText('*HQ,8600000410,V4,V1,'))
  await expect.poll(() => open.stored()).toMatchObject([{ alarms: ALARM.sos }])
})

test('random and mutated datagrams on every port leave it working', async () => {
  open = await openIngest({ records: [idOnly(IMEI, 'megastek')] })
  const protocols = DEVICE_PROTOCOLS.flatMap((one) => ('udp' in one ? [one] : []))
  for (const { name, lines: lineKind } of protocols) {
    const line = sender(name)
    const golden = [...GOLDEN, ...MORE_GOLDEN]
      .filter(({ protocol }) => protocol === name)
      .flatMap(({ lines }) =>
        lines.map((text) =>
          lineKind === 'hex' ? Buffer.from(text.replace(/\s/g, ''), 'hex') : Buffer.from(`${text}\r\n`, 'latin1'),
        ),
      )
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...golden),
        fc.array(fc.tuple(fc.nat(), fc.nat(255)), { maxLength: 6 }),
        fc.uint8Array({ maxLength: 64 }),
        async (frame, changes, tail) => {
          const bytes = Buffer.concat([frame, tail])
          for (const [at, byte] of changes) bytes[at % bytes.length] = byte
          await line.send(bytes)
        },
      ),
      { numRuns: 200 },
    )
  }
  await sender('megastek').send(megastek(1))
  await expect.poll(async () => (await open.stored()).some(({ timeMs }) => timeMs === NOW_MS - 1000)).toBe(true)
})
