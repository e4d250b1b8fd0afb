import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { REPORT_FLAG } from '../../model/report/report.ts'
import { shardOf } from '../../model/report/shard.ts'
import { readEntries } from '../../stream/logs/read-reports.ts'
import { device, idOnly, NOW_MS, type OpenIngest, openIngest, PEOPLE, reportsOf, SHARDS } from './ingest-fixture.ts'

let open: OpenIngest
afterEach(() => open.close())

const IMEI = '860000000000058'
const frame = (second: number, imei = IMEI, alarm = '') =>
  `@GPSD,${imei},R,20260108,0930${String(second).padStart(2, '0')},59.91325,N,010.73801,E,4,187,23,64,L,${alarm}$`
const HEARD = REPORT_FLAG.defective | REPORT_FLAG.timeFromReceipt | REPORT_FLAG.unproven
const cut = (cause: string) => open.meter.of('gelang_ingest_connections_cut_total', { protocol: 'r16h', cause })

function dial(): Socket {
  const socket = connect(open.ingest.ports.r16h!, '127.0.0.1')
  socket.on('error', () => undefined)
  socket.resume()
  return socket
}

const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve))

test('frames cut and joined by the network are stored once each', async () => {
  open = await openIngest()
  const socket = dial()
  const text = `@LINK,${IMEI}$\r\n${Array.from({ length: 20 }, (_, i) => frame(i)).join('\r\n')}`
  for (let at = 0; at < text.length; at += 7) socket.write(text.slice(at, at + 7))
  await expect.poll(async () => (await open.stored()).length).toBe(20)
  expect((await open.stored())[0]).toMatchObject({
    timeMs: Date.parse('2026-01-08T09:30:00Z'),
    strap: 1,
    flags: 3 | REPORT_FLAG.unproven,
    protocol: 'r16h',
  })
  socket.destroy()
})

test('an alarm and an opened strap come out in the common words', async () => {
  open = await openIngest()
  const socket = dial()
  socket.write(`@LBSD,${IMEI},S,20260108,044500,242-1-2f1a-1c3d5:-87,,,63,R,ULK$`)
  await expect.poll(async () => (await open.stored()).length).toBe(1)
  expect((await open.stored())[0]).toMatchObject({
    strap: 2,
    alarms: 2,
    flags: 4 | REPORT_FLAG.unproven,
    attributes: { cell: '242,1,12058,115669,-87' },
  })
  socket.destroy()
})

test('unknown, revoked and secret-bearing devices are cut and kept', async () => {
  open = await openIngest({
    records: [
      ...PEOPLE,
      idOnly('860000000000001', 'r16h', { revoked: true }),
      device('860000000000002', { protocol: 'r16h' }),
      idOnly('860000000000004', 'gt06'),
    ],
  })
  for (const imei of ['860000000000001', '860000000000002', '860000000000003', '860000000000004']) {
    const socket = dial()
    socket.write(frame(1, imei))
    await closed(socket)
  }
  expect((await open.quarantined()).map((q) => q.reason)).toEqual([
    'revoked_device',
    'bad_credential',
    'unknown_device',
    'wrong_protocol',
  ])
  expect(await open.stored()).toEqual([])
})

test('a frame that cannot be read is kept, and after too many the connection is cut', async () => {
  open = await openIngest({ limits: { malformedFramesMax: 3 } })
  const socket = dial()
  socket.write(frame(1).replace('59.91325', 'xx') + frame(2))
  await expect.poll(async () => (await open.stored()).length).toBe(2)
  expect((await open.quarantined())[0]).toMatchObject({ reason: 'impossible_position', deviceId: IMEI })
  for (let i = 0; i < 4; i++) socket.write(`@WHAT,${IMEI}$`)
  await closed(socket)
  expect(cut('malformed_frames')).toBe(1)
})

test('garbage is skipped, kept once, and cut above the limit', async () => {
  open = await openIngest({ limits: { garbageBytesMax: 1000, frameBytesMax: 500 } })
  const socket = dial()
  socket.write(`rubbish${frame(1)}`)
  await expect.poll(async () => (await open.stored()).length).toBe(1)
  socket.write(`@${'x'.repeat(2000)}`)
  await closed(socket)
  expect(cut('garbage')).toBe(1)
  expect(await open.quarantined()).toHaveLength(1)
})

test('a device that sends an unknown line between its reports is not cut off', async () => {
  open = await openIngest({ limits: { malformedFramesMax: 3 } })
  const socket = dial()
  for (let second = 0; second < 20; second++) socket.write(`@NEWS,${IMEI},what,is,this$${frame(second)}`)
  await expect.poll(async () => (await open.stored()).length).toBe(20)
  expect(cut('malformed_frames')).toBe(0)
  socket.destroy()
})

test('who does not say who he is, and who falls silent, is cut', async () => {
  open = await openIngest({ limits: { tcpIdentifyMs: 100, tcpIdleMs: 300 } })
  await closed(dial())
  expect(cut('not_identified')).toBe(1)
  const socket = dial()
  socket.write(`@LINK,${IMEI}$`)
  await closed(socket)
  expect(cut('idle')).toBe(1)
})

test.each(['@', '\r\n', `@LINK,${IMEI}`])(
  'who drips %j is cut in time all the same, and holds no place',
  async (drop) => {
    open = await openIngest({ limits: { tcpIdentifyMs: 150, tcpConnectionsMax: 2 } })
    const strangers = [dial(), dial()]
    const dripping = setInterval(() => {
      for (const socket of strangers) socket.write(drop)
    }, 20)
    await Promise.all(strangers.map(closed))
    clearInterval(dripping)
    expect(cut('not_identified')).toBe(2)
    const honest = dial()
    honest.write(frame(1))
    await expect.poll(async () => (await open.stored()).length).toBe(1)
    honest.destroy()
  },
  5000,
)

test('a device above its rate is read more slowly and loses nothing', async () => {
  open = await openIngest({ limits: { deviceBurstReports: 5, deviceReportsPerSecond: 50 } })
  const socket = dial()
  const began = performance.now()
  for (let i = 0; i < 30; i++) socket.write(frame(i))
  socket.write(frame(31))
  await expect.poll(async () => (await open.stored()).length).toBe(31)
  socket.write(frame(32))
  await expect.poll(async () => (await open.stored()).length).toBe(32)
  expect(performance.now() - began).toBeGreaterThan(400)
  socket.destroy()
})

test('a device that owes time does not hold the shutdown up', async () => {
  // It owes more than an hour, which no test is given.
  open = await openIngest({ limits: { deviceBurstReports: 1, deviceReportsPerSecond: 0.001 } })
  const socket = dial()
  socket.write(Array.from({ length: 5 }, (_, i) => frame(i)).join(''))
  await expect.poll(async () => (await open.stored()).length).toBe(5)
  await Promise.all([open.ingest.close(), closed(socket)])
})

test('reports that a closing device left behind are stored', async () => {
  open = await openIngest()
  const socket = dial()
  socket.end(Array.from({ length: 500 }, (_, i) => frame(i % 60).replace(',64,', `,${i % 100},`)).join(''))
  await closed(socket)
  await expect.poll(async () => (await open.stored()).length).toBe(500)
})

test('chunks that come while the last one is on its way to the disk are stored in their order, also when the device goes', async () => {
  open = await openIngest()
  const socket = dial()
  socket.setNoDelay(true)
  for (let i = 0; i < 60; i++) await new Promise<void>((sent) => socket.write(frame(i), () => sent()))
  socket.end()
  await closed(socket)
  await expect.poll(async () => (await open.stored()).length).toBe(60)
  const shard = shardOf((await open.stored())[0]!.wearerId, SHARDS)
  const inOrder: number[] = []
  for (const { bytes } of await readEntries(open.redis, open.keys.reports(shard), '0-0', { count: 1000 }))
    inOrder.push(...reportsOf(bytes).map(({ timeMs }) => timeMs))
  expect(inOrder).toEqual([...inOrder].sort((a, b) => a - b))
})

test('a future or ancient report is heard, and kept aside', async () => {
  open = await openIngest()
  open.clock.nowMs = NOW_MS + 400 * 86_400_000
  const socket = dial()
  socket.write(frame(1))
  await expect.poll(async () => (await open.quarantined()).length).toBe(1)
  expect((await open.quarantined())[0]).toMatchObject({ reason: 'ancient', protocol: 'r16h' })
  expect(await open.stored()).toMatchObject([{ timeMs: open.clock.nowMs, flags: HEARD }])
  socket.destroy()
})
