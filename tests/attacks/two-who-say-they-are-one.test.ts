// A phone that knows the bracelet's number says "home" after each of its honest fixes outside.
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { REPORT_FLAG } from '../../model/report/report.ts'
import { gt06Device } from '../../simulators/devices/gt06.ts'
import type { Session } from '../../simulators/devices/wire-device.ts'
import { readDisputes, resolveDisputes } from '../../stream/publication/disputes.ts'
import { idOnly, NOW_MS, type OpenIngest, openIngest } from '../ingest/ingest-fixture.ts'

const IMEI = '860000000000025'
const HOME = { latDeg: -6.2, lonDeg: 106.8 }
const OUTSIDE = { latDeg: -6.21, lonDeg: 106.81 }

let open: OpenIngest
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await open.close()
})

type Line = { socket: Socket; session: Session }

async function dial(): Promise<Line> {
  const socket = connect(open.ingest.ports.gt06!, '127.0.0.1')
  sockets.push(socket)
  const session = gt06Device.newSession(IMEI, '')
  socket.write(session.hello[0]!().bytes)
  await new Promise((resolve) => socket.once('data', resolve))
  socket.resume()
  return { socket, session }
}

/** Says where it is, and waits until the log has it. */
async function say({ socket, session }: Line, place: typeof HOME): Promise<void> {
  open.clock.nowMs += 10_000
  const before = (await open.stored()).length
  const report = { deviceId: IMEI, timeMs: open.clock.nowMs, fixValid: true, ...place, alarms: [], archived: false }
  socket.write(session.encode([report], false).bytes)
  await expect.poll(async () => (await open.stored()).length).toBe(before + 1)
}

const disputed = async () => (await readDisputes(open.redis, open.keys)).length > 0

test('both streams are kept apart from then on, until an officer has looked', async () => {
  open = await openIngest({ records: [idOnly(IMEI, 'gt06')], limits: { sendersReportedMs: 5 } })
  const [bracelet, phone] = [await dial(), await dial()]
  for (let turn = 0; turn < 10 && !(await disputed()); turn++) {
    await say(bracelet, OUTSIDE)
    await say(phone, HOME)
  }
  await expect.poll(disputed).toBe(true)
  const [dispute] = await readDisputes(open.redis, open.keys)
  expect(dispute).toMatchObject({ wearerId: (await open.stored())[0]!.wearerId, why: expect.stringContaining('apart') })
  expect(dispute!.senders).toHaveLength(2)

  const lastOf = async () => (await open.stored()).at(-1)!
  await expect
    .poll(async () => {
      await say(bracelet, OUTSIDE)
      return (await lastOf()).flags & REPORT_FLAG.disputed
    })
    .toBe(REPORT_FLAG.disputed)
  const genuine = (await lastOf()).attributes!.sender
  await say(phone, HOME)
  const forged = (await lastOf()).attributes!.sender
  expect(dispute!.senders.toSorted()).toEqual([genuine, forged].toSorted())

  phone.socket.destroy()
  expect(await resolveDisputes(open.redis, open.keys, dispute!.wearerId)).toEqual([dispute!.braceletId])
  await expect
    .poll(async () => {
      await say(bracelet, OUTSIDE)
      return (await lastOf()).flags & REPORT_FLAG.disputed
    })
    .toBe(0)
})

test('a bracelet that loses its connection again and again is not accused', async () => {
  open = await openIngest({ records: [idOnly(IMEI, 'gt06')], limits: { sendersReportedMs: 5 } })
  open.clock.nowMs = NOW_MS
  for (let turn = 0; turn < 8; turn++) {
    // The one before stays half open.
    const line = await dial()
    await say(line, turn % 2 === 0 ? HOME : OUTSIDE)
    await say(line, turn % 2 === 0 ? HOME : OUTSIDE)
  }
  expect(await disputed()).toBe(false)
  expect((await open.stored()).some(({ flags }) => (flags & REPORT_FLAG.disputed) !== 0)).toBe(false)
})
