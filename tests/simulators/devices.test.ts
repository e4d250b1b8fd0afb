// Simulated devices, encoded from the documents, against a real ingest and a real Redis: what was delivered is in the log exactly
// as the device meant it, through outages, cuts in the middle of a frame, and reconnects.
import type { Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { ALARM, type Alarm, type DeviceReport, REPORT_FLAG } from '../../model/report/report.ts'
import { WIRE_DEVICES, wireOf } from '../../simulators/devices/all-devices.ts'
import { DatagramSocket } from '../../simulators/devices/datagram-socket.ts'
import { DeviceLink } from '../../simulators/devices/device-link.ts'
import type { WireDevice, WireForm } from '../../simulators/devices/wire-device.ts'
import { randomOf } from '../../simulators/random.ts'
import {
  device,
  GATEWAY_SECRET,
  gateway,
  idOnly,
  NOW_MS,
  type OpenIngest,
  openIngest,
  SECRET,
  type Stored,
  ward,
} from '../ingest/ingest-fixture.ts'

let open: OpenIngest
const links: DeviceLink[] = []
afterEach(async () => {
  for (const link of links.splice(0)) link.close()
  await open.close()
})

/** What is in the log beside signs of life. */
const timed = async () => (await open.stored()).filter(({ flags }) => (flags & REPORT_FLAG.timeFromReceipt) === 0)

type Delivered = { report: DeviceReport; stored: boolean }

const reportAt = (deviceId: string, secondsAgo: number, seed: number): DeviceReport => {
  const random = randomOf(seed * 10_000 + secondsAgo)
  const kind = secondsAgo % 5
  return {
    deviceId,
    timeMs: NOW_MS - secondsAgo * 1000,
    fixValid: secondsAgo % 7 !== 0,
    latDeg: random.between(-9, 5),
    lonDeg: random.between(95, 140),
    speedMps: random.between(0, 30),
    courseDeg: random.integer(0, 360),
    altitudeM: random.integer(-5, 900),
    batteryPercent: random.integer(20, 100),
    charging: random.next() < 0.5,
    alarms: kind === 0 ? ['sos'] : kind === 1 ? ['batteryLow'] : kind === 2 ? ['strapOpen'] : [],
    ...(kind === 2 ? { strap: 'open' as const } : {}),
    archived: false,
  }
}

const STRAP_ON_INPUT = { alarmCodes: { '1=0': 'strap=open', '1=1': 'strap=closed' } }

const speaking = ({ protocol }: WireDevice, deviceId: string) =>
  protocol === 'owntracks'
    ? device(deviceId, { protocol })
    : idOnly(deviceId, protocol, protocol === 'teltonika' ? { settings: STRAP_ON_INPUT } : {})

/** Alarms that a wire has no word for. */
const UNSAID: Partial<Record<WireDevice['protocol'], readonly Alarm[]>> = {
  owntracks: ['sos', 'batteryLow', 'strapOpen'],
  teltonika: ['batteryLow'],
  h02: ['batteryLow', 'strapOpen'],
}

/** What a wire can say of an alarm. */
function alarmsOn({ protocol }: WireDevice, { alarms }: DeviceReport): number {
  return alarms
    .filter((alarm) => UNSAID[protocol]?.includes(alarm) !== true)
    .reduce((bits, alarm) => bits | ALARM[protocol === 'laipac' && alarm === 'strapOpen' ? 'tamper' : alarm], 0)
}

/** A report may be in the log twice (it came through, its answer did not): then from memory the second time. */
function checkStored(wire: WireDevice, { report, stored }: Delivered, all: Stored[]): void {
  const rows = all.filter(({ timeMs }) => timeMs === report.timeMs)
  expect(rows.length, `${wire.protocol} ${report.timeMs} was delivered`).toBeGreaterThan(0)
  const hasPlace = report.fixValid || !['r16h', 'xexun3'].includes(wire.protocol)
  for (const { flags, lat, lon, alarms } of rows) {
    expect((flags & REPORT_FLAG.fixValid) !== 0).toBe(report.fixValid)
    expect((flags & REPORT_FLAG.hasPosition) !== 0).toBe(hasPlace)
    if (hasPlace) {
      expect(Math.abs(lat - report.latDeg!)).toBeLessThan(1.5e-6)
      expect(Math.abs(lon - report.lonDeg!)).toBeLessThan(1.5e-6)
    }
    expect([wire.protocol, report.timeMs, alarms]).toEqual([wire.protocol, report.timeMs, alarmsOn(wire, report)])
  }
  if (wire.saysStored && stored) expect(rows.some(({ flags }) => (flags & REPORT_FLAG.archived) !== 0)).toBe(true)
}

for (const { wire, idOf } of WIRE_DEVICES)
  describe(wire.protocol, () => {
    const deviceId = idOf(7)
    const dial = (seed: number, uploads: 'oldest' | 'newest', delivered: Delivered[]) => {
      const link = new DeviceLink({
        wire,
        deviceId,
        secret: SECRET,
        host: '127.0.0.1',
        port: open.ingest.ports[wire.protocol]!,
        seed,
        uploads,
        answerMs: 2000,
        reconnectMsMin: 10,
        onDelivered: (report, stored) => delivered.push({ report, stored }),
      })
      links.push(link)
      return link
    }

    test.each(['oldest', 'newest'] as const)('memory uploaded %s first, cuts and outages', async (uploads) => {
      open = await openIngest({ records: [speaking(wire, deviceId)] })
      const delivered: Delivered[] = []
      const link = dial(4711, uploads, delivered)
      for (let n = 1; n <= 60; n++) {
        link.say(reportAt(deviceId, 600 - n, 1))
        if (n % 20 === 5) link.cut(true)
        if (n % 20 === 10) link.goOffline()
        if (n % 20 === 15) link.goOnline()
        if (n % 20 === 7) await new Promise((resolve) => setImmediate(resolve))
        if (n % 20 === 0) await link.drained()
      }
      await link.drained()
      expect(delivered).toHaveLength(60)
      await expect.poll(async () => new Set((await timed()).map(({ timeMs }) => timeMs)).size).toBe(60)
      const rows = await timed()
      for (const one of delivered) checkStored(wire, one, rows)
      expect((await open.quarantined()).filter(({ deviceId: id }) => id !== undefined)).toEqual([])
      expect(link.connections).toBeGreaterThan(3)
    })
  })

test('what is not answered goes again, and two devices do not disturb each other', async () => {
  const acknowledged = WIRE_DEVICES.filter(({ wire }) => wire.acknowledges)
  open = await openIngest({
    records: acknowledged.flatMap(({ wire, idOf }) => [1, 2, 3].map((n) => speaking(wire, idOf(n)))),
  })
  const delivered = new Map<string, Delivered[]>()
  const all = acknowledged.flatMap(({ wire, idOf }) =>
    [1, 2, 3].map((n) => {
      const mine: Delivered[] = []
      delivered.set(`${wire.protocol}:${n}`, mine)
      const link = new DeviceLink({
        wire,
        deviceId: idOf(n),
        secret: SECRET,
        host: '127.0.0.1',
        port: open.ingest.ports[wire.protocol]!,
        seed: n,
        answerMs: 1000,
        reconnectMsMin: 5,
        onDelivered: (report, stored) => mine.push({ report, stored }),
      })
      links.push(link)
      for (let i = 0; i < 30; i++) link.say(reportAt(idOf(n), 1000 * n + 10 * i, n))
      return link
    }),
  )
  // A storm: everybody is cut at once, several times.
  for (let storm = 0; storm < 5; storm++) {
    await new Promise((resolve) => setImmediate(resolve))
    for (const [i, link] of all.entries()) link.cut(i % 2 === 0)
  }
  await Promise.all(all.map((link) => link.drained()))
  const rows = await open.stored()
  for (const { wire } of acknowledged)
    for (const n of [1, 2, 3]) {
      const mine = delivered.get(`${wire.protocol}:${n}`)!
      expect(mine).toHaveLength(30)
      for (const one of mine)
        checkStored(
          wire,
          one,
          rows.filter(({ protocol }) => protocol === wire.protocol),
        )
    }
})

const FORMS = [
  { via: 'gt06', form: 'topin', deviceId: '860000000100007', unsaid: ['sos', 'strapOpen'] },
  { via: 'teltonika', form: 'udp', deviceId: '860000000600007', unsaid: ['batteryLow'] },
  { via: 'osmand', form: 'modem', deviceId: 'modem-7', unsaid: [] },
  { via: 'gateway', form: 'traccar', deviceId: '860000000700007', unsaid: [] },
] as const satisfies { via: WireDevice['protocol']; form: WireForm; deviceId: string; unsaid: readonly Alarm[] }[]

test.each(FORMS)('$via, $form: what was delivered is in the log, through cuts and outages', async (each) => {
  const { via, form, deviceId, unsaid } = each
  const record =
    via === 'gateway'
      ? ward(deviceId)
      : via === 'osmand'
        ? device(deviceId, { protocol: via })
        : idOnly(deviceId, via, via === 'teltonika' ? { settings: STRAP_ON_INPUT } : {})
  open = await openIngest({ records: [record, gateway('g1')] })
  const port = via === 'gateway' ? open.ingest.ports.own : open.ingest.ports[via]
  let dials = 0
  const overUdp = () =>
    new DatagramSocket(open.ingest.udpPorts.teltonika!, '127.0.0.1', {
      ...{ seed: 7 + dials++, lost: 0.1, doubled: 0.1, reordered: 0.1 },
    }) as unknown as Socket
  const delivered: DeviceReport[] = []
  const link = new DeviceLink({
    wire: wireOf(via, form),
    deviceId,
    secret: form === 'traccar' ? `g1:${GATEWAY_SECRET}` : SECRET,
    host: '127.0.0.1',
    port: port!,
    seed: 4711,
    answerMs: form === 'udp' ? 100 : 2000,
    reconnectMsMin: 5,
    ...(form === 'udp' && { dial: overUdp }),
    onDelivered: (report) => delivered.push(report),
  })
  links.push(link)
  for (let n = 1; n <= 40; n++) {
    link.say(reportAt(deviceId, 600 - n, 1))
    // Of a request that was cut its token is missing.
    if (n % 20 === 5) link.cut(form !== 'udp' && form !== 'modem')
    if (n % 20 === 10) link.goOffline()
    if (n % 20 === 15) link.goOnline()
    if (n % 20 === 0) await link.drained()
  }
  await link.drained()
  expect(delivered).toHaveLength(40)
  const rows = await timed()
  for (const report of delivered) {
    const said = report.alarms.filter((alarm) => !(unsaid as readonly Alarm[]).includes(alarm))
    const [row] = rows.filter(({ timeMs }) => timeMs === report.timeMs)
    expect([report.timeMs, row?.alarms]).toEqual([report.timeMs, said.reduce((bits, alarm) => bits | ALARM[alarm], 0)])
    expect((row!.flags & REPORT_FLAG.fixValid) !== 0).toBe(report.fixValid)
    expect(Math.abs(row!.lat - report.latDeg!)).toBeLessThan(1.5e-6)
  }
  expect((await open.quarantined()).filter(({ deviceId: id }) => id !== undefined)).toEqual([])
})
