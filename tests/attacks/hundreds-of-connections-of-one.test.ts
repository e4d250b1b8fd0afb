// 300 connections in one bracelet's name.
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { ConnectionsById } from '../../ingest/devices/tcp/connections-by-id.ts'
import { gt06Device } from '../../simulators/devices/gt06.ts'
import { idOnly, NOW_MS, type OpenIngest, openIngest } from '../ingest/ingest-fixture.ts'

const IMEI = '860000000000025'
const ATTACKERS = 300

let open: OpenIngest | undefined
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await open?.close()
  open = undefined
})

async function dial() {
  const socket = connect(open!.ingest.ports.gt06!, '127.0.0.1')
  sockets.push(socket)
  socket.on('error', () => undefined)
  const session = gt06Device.newSession(IMEI, '')
  socket.write(session.hello[0]!().bytes)
  await new Promise((resolve) => socket.once('data', resolve))
  socket.resume()
  return { socket, session }
}

test('few stay, and whoever comes back finds room', async () => {
  open = await openIngest({ records: [idOnly(IMEI, 'gt06')] })
  const { tcpConnectionsPerIdMax } = { tcpConnectionsPerIdMax: 4 }
  for (let n = 0; n < ATTACKERS; n++) await dial()
  const connections = () => open!.meter.of('gelang_ingest_connections', { protocol: 'gt06' })
  await expect.poll(connections).toBe(tcpConnectionsPerIdMax)
  const cut = open.meter.of('gelang_ingest_connections_cut_total', {
    protocol: 'gt06',
    cause: 'too_many_of_one_device',
  })
  expect(cut).toBe(ATTACKERS - tcpConnectionsPerIdMax)
  const { socket, session } = await dial()
  const fix = { deviceId: IMEI, timeMs: NOW_MS, fixValid: true, latDeg: 1, lonDeg: 2, alarms: [], archived: false }
  socket.write(session.encode([fix], false).bytes)
  await expect.poll(async () => (await open!.stored()).length).toBe(1)
})

test('neither a proven sender nor the usual address is pushed out, and the newest never is', () => {
  const given: string[] = []
  const connection = (name: string, trust: 0 | 1 | 2) => ({ trust, giveWay: () => given.push(name) })
  const all = new ConnectionsById<ReturnType<typeof connection>>(3)
  all.add('b', connection('proven', 2))
  all.add('b', connection('usual', 1))
  for (let n = 0; n < 5; n++) all.add('b', connection(`stranger ${n}`, 0))
  expect(given).toEqual(['stranger 0', 'stranger 1', 'stranger 2', 'stranger 3'])
  const usual = Array.from({ length: 3 }, (_, n) => connection(`usual ${n}`, 1))
  for (const one of usual) all.add('c', one)
  all.add('c', connection('moved', 0))
  expect(given.at(-1)).toBe('usual 0')
  all.remove('c', usual[0]!)
  all.remove('c', usual[1]!)
  all.add('c', connection('another', 0))
  expect(given).toHaveLength(5)
})
