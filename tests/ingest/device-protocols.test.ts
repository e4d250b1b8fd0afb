// The device protocols over real sockets: who is answered, when, and what is in the log and in quarantine afterwards.
import { connect, type Socket } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { INGEST_LIMITS } from '../../ingest/limits.ts'
import type { StreamProtocol } from '../../ingest/protocols/decoder.ts'
import { protocolNamed } from '../../ingest/protocols/protocols.ts'
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import { ALARM, type Protocol, REPORT_FLAG } from '../../model/report/report.ts'
import { device, idOnly, NOW_MS, type OpenIngest, openIngest, SECRET } from './ingest-fixture.ts'
import { gt06, hexOfText, jt808, nmea, teltonika, watch, xexun3 } from './wire-envelopes.ts'

let open: OpenIngest
const sockets: Socket[] = []
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy()
  await open.close()
})

/** Opens an ingest that knows these ids, which need no secret in that protocol. */
async function openFor(protocol: Protocol, ...records: (string | DirectoryRecord)[]): Promise<void> {
  open = await openIngest({
    records: records.map((record) => (typeof record === 'string' ? idOnly(record, protocol) : record)),
  })
}

function dial(protocol: Protocol) {
  const socket = connect(open.ingest.ports[protocol]!, '127.0.0.1')
  sockets.push(socket)
  let heard = ''
  socket.on('data', (chunk) => {
    heard += chunk.toString('hex')
  })
  socket.on('error', () => undefined)
  return {
    closed: new Promise((resolve) => socket.once('close', resolve)),
    say: (...frames: string[]) => socket.write(Buffer.from(frames.join(''), 'hex')),
    heard: () => heard,
    hears: (hex: string) => expect.poll(() => heard).toBe(hex),
  }
}

const GPS = '1a0108091e05c900aa49c00b75598024110f01fe0a123400abcd'
const LOCATION = '0000000000000006005e9ac0065da3800017 0024 010f260108173005'.replace(/\s/g, '')

test('a GT06 login of nobody we know is not answered, and the connection is cut', async () => {
  await openFor('gt06', '860000000000025')
  const line = dial('gt06')
  line.say(gt06('01', '0860000000000026'))
  await line.closed
  expect(line.heard()).toBe('')
  expect((await open.quarantined())[0]).toMatchObject({ reason: 'unknown_device', deviceId: '860000000000026' })
})

test('two GT06 logins on one connection: each report is of the one who logged in last', async () => {
  await openFor('gt06', '860000000000025', '860000000000026')
  const line = dial('gt06')
  line.say(gt06('01', '0860000000000025', 1), gt06('12', GPS, 2), gt06('01', '0860000000000026', 3), gt06('12', GPS, 4))
  await line.hears([gt06('01', '', 1), gt06('12', '', 2), gt06('01', '', 3), gt06('12', '', 4)].join(''))
  const rows = await open.stored()
  expect(new Set(rows.map(({ wearerId }) => wearerId)).size).toBe(2)
})

test('a report whose time cannot be is heard, and answered once it is in quarantine', async () => {
  await openFor('gt06', '860000000000025')
  const line = dial('gt06')
  const broken = gt06('12', `1a0d${GPS.slice(4)}`, 2)
  const rollover = gt06('12', `0605${GPS.slice(4)}`, 3)
  const ahead = gt06('12', `1c01${GPS.slice(4)}`, 4)
  line.say(gt06('01', '0860000000000025', 1), broken, rollover, ahead)
  await line.hears([gt06('01', '', 1), gt06('12', '', 2), gt06('12', '', 3), gt06('12', '', 4)].join(''))
  const kept = await open.quarantined()
  expect(kept.map(({ reason, raw }) => [reason, Buffer.from(raw).toString('hex')])).toEqual([
    ['impossible_time', broken],
    ['ancient', rollover],
    ['future', ahead],
  ])
  const heard = await open.stored()
  expect(heard.map(({ timeMs }) => timeMs)).toEqual([NOW_MS, NOW_MS, NOW_MS])
  for (const { flags } of heard)
    expect(flags).toBe(
      REPORT_FLAG.defective | REPORT_FLAG.timeFromReceipt | REPORT_FLAG.unproven | (flags & REPORT_FLAG.archived),
    )
})

test('a cut strap is raised although the clock of the device is broken, and its frame is kept', async () => {
  await openFor('gt06', '860000000000025')
  const line = dial('gt06')
  line.say(
    gt06('01', '0860000000000025', 1),
    gt06('26', `000000000000${GPS.slice(12, 36)}0901fe0a123400abcd4003041302`, 2),
  )
  await line.hears(gt06('01', '', 1) + gt06('26', '', 2))
  expect(await open.stored()).toMatchObject([
    { timeMs: NOW_MS, alarms: ALARM.tamper, flags: 1 | 16 | REPORT_FLAG.unproven },
  ])
  expect((await open.quarantined()).map(({ reason }) => reason)).toEqual(['impossible_time'])
})

test('a damaged frame gets no answer and leaves nothing but its bytes', async () => {
  await openFor('xexun3', '860000000000066')
  const line = dial('xexun3')
  const sound = xexun3('20', '6906695f79600400')
  line.say(xexun3('01', '', 1), sound.replace(/..cf$/, '00cf'), sound)
  await line.hears(xexun3('01', '00', 1) + xexun3('20', '00'))
  expect(await open.stored()).toMatchObject([{ alarms: ALARM.strapOpen }])
  expect((await open.quarantined()).map(({ reason }) => reason)).toEqual(['checksum'])
})

test('a JT808 batch is answered once for all its records', async () => {
  await openFor('jt808', idOnly('086000000033', 'jt808', { settings: { skipsAuthentication: true } }))
  const line = dial('jt808')
  const late = LOCATION.replace('173005', '172005')
  line.say(jt808('0704', `000201001c${LOCATION}001c${late}`, { serial: 7 }))
  await line.hears(jt808('8001', '0007070400', { serial: 0 }))
  expect(await open.stored()).toMatchObject([{ flags: 7 | REPORT_FLAG.unproven }, { flags: 7 | REPORT_FLAG.unproven }])
})

test('half a split message is not answered; the whole is, part by part', async () => {
  await openFor('jt808', idOnly('86000000033', 'jt808', { settings: { skipsAuthentication: true } }))
  const line = dial('jt808')
  const body = `000201001c${LOCATION}001c${LOCATION.replace('173005', '172005')}`
  line.say(jt808('0704', body.slice(0, 40), { serial: 1, split: [2, 1] }), jt808('0002', '', { serial: 9 }))
  await line.hears(jt808('8001', '0009000200', { serial: 0 }))
  expect(await open.stored()).toEqual([])
  line.say(jt808('0704', body.slice(40), { serial: 2, split: [2, 2] }))
  await expect
    .poll(line.heard)
    .toBe(
      jt808('8001', '0009000200', { serial: 0 }) +
        jt808('8001', '0001070400', { serial: 1 }) +
        jt808('8001', '0002070400', { serial: 2 }),
    )
  expect(await open.stored()).toHaveLength(2)
})

test('a Laipac bracelet that waits is asked; then it is acknowledged and its tamper reset', async () => {
  await openFor('laipac', '86000041')
  const line = dial('laipac')
  const { bytes } = (protocolNamed('laipac') as StreamProtocol).greeting!
  expect(Buffer.from(bytes).toString()).toBe('$AVREQ,?*42\r\n')
  await line.hears(hexOfText('$AVREQ,?*42\r\n'))
  const report = nmea('AVRMC,86000041,093112,a,0612.0000,S,10648.0000,E,0.00,0.00,080126,T,3.905,12,1,0,0')
  line.say(hexOfText(`${nmea('AVSYS,86000041,V1.50,SN0000103,32768')}\r\n${report}\r\n`))
  await line.hears(
    hexOfText(`$AVREQ,?*42\r\n${nmea(`EAVACK,T,${report.slice(-2)}`)}\r\n${nmea('AVCFG,00000000,t')}\r\n`),
  )
  expect(await open.stored()).toMatchObject([{ alarms: ALARM.tamper, flags: 7 | REPORT_FLAG.unproven }])
})

test('per-device settings: checksum, zone, codes', async () => {
  const settings = { acceptBadChecksum: true, utcOffsetMinutes: -30, alarmCodes: { '0C': 'strapOpen' } }
  await openFor('gt06', idOnly('860000000000025', 'gt06', { settings }))
  const line = dial('gt06')
  const frame = gt06('26', `${GPS.slice(0, 36)}0901fe0a123400abcd4003040c02`, 2).replace(/....0d0a$/, '00000d0a')
  line.say(gt06('01', '0860000000000025', 1), frame)
  await line.hears(gt06('01', '', 1) + gt06('26', '', 2))
  expect(await open.stored()).toMatchObject([{ timeMs: NOW_MS + 5000, alarms: ALARM.strapOpen }])
})

const IW_LOGIN = 'IWAP00860000000000503#'
const iwAlarm = (code: string) =>
  `IWAP10260108A0612.0000S10648.0000E000.0095905000.0006000908300102,510,10,4660,43981,${code},en,00,#`

test('IW: the login is answered with the time, an alarm when it is in the log', async () => {
  await openFor('iw', '860000000000503')
  const line = dial('iw')
  line.say(hexOfText(IW_LOGIN), hexOfText(iwAlarm('01')), hexOfText('IWAP17,080835#'))
  const now = new Date(NOW_MS).toISOString().replace(/\D/g, '').slice(0, 14)
  await line.hears(hexOfText(`IWBP00,${now},0#IWBP10#`))
  expect(await open.stored()).toMatchObject([{ alarms: ALARM.sos }, { alarms: 0 }])
  await expect
    .poll(async () => (await open.quarantined()).map(({ detail }) => detail))
    .toEqual(['the type is not known'])
})

test('IW: a frame before the login, and the login of nobody we know, are not answered', async () => {
  await openFor('iw', '860000000000503')
  const early = dial('iw')
  early.say(hexOfText(iwAlarm('01')))
  const stranger = dial('iw')
  stranger.say(hexOfText(IW_LOGIN.replace('503#', '504#')))
  await stranger.closed
  expect([early.heard(), stranger.heard()]).toEqual(['', ''])
  expect(await open.stored()).toEqual([])
})

test('Watch: each frame says who speaks; LK and AL are answered, UD is not', async () => {
  await openFor('watch', '8600000303')
  const line = dial('watch')
  const place = '080126,095905,A,6.2,S,106.8,E,0.00,0.0,12.0,9,60,83,5555,3,00100000,0,0'
  const of = (content: string) => hexOfText(watch(content, '8600000303'))
  line.say(of('LK,1,2,83'), of(`UD,${place}`), of(`AL,${place}`))
  await line.hears(of('LK') + of('AL'))
  expect(await open.stored()).toMatchObject([
    { alarms: ALARM.strapOpen },
    { alarms: ALARM.strapOpen },
    { alarms: 0, flags: REPORT_FLAG.timeFromReceipt | REPORT_FLAG.unproven },
  ])
})

const teltonikaLogin = (imei: string) => `000f${hexOfText(imei)}`
const RECORD = '0000019b9cf11948003fa86300fc4df480000c010f090024'

test('Teltonika: records are counted in the answer once they are in the log; a damaged packet gets none', async () => {
  await openFor('teltonika', '860000000000604')
  const line = dial('teltonika')
  const sound = teltonika('08', [`${RECORD}000000000000`, `${RECORD}ec0101ec01000000`])
  line.say(teltonikaLogin('860000000000604'), sound.replace(/..$/, '00'), 'ff', sound)
  await line.hears(`01${'00000002'}`)
  const timed = (await open.stored()).filter(({ flags }) => (flags & REPORT_FLAG.timeFromReceipt) === 0)
  expect(timed).toMatchObject([{ alarms: 0 }, { alarms: ALARM.sos }])
  expect((await open.quarantined()).map(({ reason }) => reason)).toEqual(['checksum'])
})

test('Teltonika: an unknown device is refused in its protocol, and cut off after so many tries', async () => {
  await openFor('teltonika', '860000000000604')
  const line = dial('teltonika')
  for (let tries = 1; tries <= INGEST_LIMITS.tcpRefusalsMax; tries++) {
    line.say(teltonikaLogin('860000000000605'))
    await line.hears('00'.repeat(tries))
  }
  await line.closed
  expect((await open.quarantined())[0]).toMatchObject({ reason: 'unknown_device', deviceId: '860000000000605' })
})

test('H02: text and binary on one connection', async () => {
  await openFor('h02', '8600000409')
  const line = dial('h02')
  line.say(
    hexOfText('*HQ,8600000409,V1,095905,A,0612.0000,S,10648.0000,E,0.00,0,080126,FFFFFBFD#'),
    '2486000004090959060801260612000040106480000a010271fffffbfe000000',
  )
  const now = new Date(NOW_MS).toISOString().replace(/\D/g, '').slice(0, 14)
  await line.hears(hexOfText(`*HQ,8600000409,V4,V1,${now}#`))
  await expect.poll(async () => (await open.stored()).map(({ alarms }) => alarms)).toEqual([ALARM.sos, ALARM.vibration])
})

test('GT06 without CRC: login, SOS without a place, Wi-Fi', async () => {
  await openFor('gt06', '860000000000030')
  const line = dial('gt06')
  line.say(
    '78780d01086000000000003008 0d0a'.replace(' ', ''),
    '787801990d0a',
    '787802692601080959 05a0b1c2d3e4f543001122334455500101fe0a1234abcd3c0d0a'.replace(' ', ''),
  )
  await line.hears('787801010d0a' + '787800692601080959050d0a')
  expect(await open.stored()).toMatchObject([{ alarms: 0 }, { alarms: ALARM.sos }])
})

const post = (body: object | string, headers: Record<string, string> = {}, path = '/pub') =>
  fetch(open.url('owntracks', path), {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  }).then(async (answer) => [answer.status, await answer.text()])
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
  'x-limit-d': 'phone',
})
const fix = { _type: 'location', lat: -6.2, lon: 106.8, tst: NOW_MS / 1000 - 60, tid: '17' }

test('OwnTracks: Basic authentication is the secret of the device, and the payload speaks for nobody else', async () => {
  await openFor('owntracks', device('owntracks/b17/phone'), device('owntracks/b18/phone'), device('17'))
  expect(await post(fix, basic('b17', SECRET))).toEqual([200, '[]'])
  expect(await post({ ...fix, topic: 'owntracks/b18/phone' }, basic('b17', SECRET))).toEqual([200, '[]'])
  expect(await post(fix, basic('b17', 'wrong-secret'))).toEqual([401, ''])
  expect(await post({ ...fix, topic: 'owntracks/b18/phone' })).toEqual([401, ''])
  expect(await post({ ...fix, topic: 'owntracks/nobody/phone' })).toEqual([401, ''])
  const rows = await open.stored()
  expect(rows).toHaveLength(2)
  expect(new Set(rows.map(({ wearerId }) => wearerId)).size).toBe(1)
  expect(JSON.stringify(await open.quarantined())).not.toContain(SECRET)
})

test('OwnTracks: everything gets a 2xx and an empty array, only a location makes a position', async () => {
  await openFor('owntracks', device('owntracks/b17/phone'))
  const who = basic('b17', SECRET)
  for (const body of ['', { _type: 'lwt', tst: 1 }, { _type: 'card' }, { _type: 'encrypted', data: 'x' }, '{"_type"'])
    expect(await post(body, who)).toEqual([200, '[]'])
  expect(await post('')).toEqual([200, '[]'])
  expect(await open.stored()).toEqual([])
  expect((await open.quarantined()).map(({ detail }) => detail)).toEqual([
    'encrypted, and no shared secret is configured',
    'no JSON object',
  ])
  expect(await post({ ...fix, _type: 'transition', event: 'enter' }, who, '/pub?u=b17&d=phone')).toEqual([200, '[]'])
  expect(await open.stored()).toMatchObject([{ alarms: ALARM.zoneIn, flags: 1 }])
})
