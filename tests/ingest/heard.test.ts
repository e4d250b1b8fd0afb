// Whatever names its device is heard: every worked frame of every protocol, with a field more, a field less, fields damaged, cut
// behind its id, and with a wrong checksum. What is heard is never a report by that alone.

import { connect } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { lineDecoder } from '../../ingest/protocols/decode-lines.ts'
import { REPORT_FLAG } from '../../model/report/report.ts'
import { crc16 } from '../../simulators/devices/wire-bytes.ts'
import { GOLDEN } from './golden-frames.ts'
import { GT06_GOLDEN } from './golden-gt06.ts'
import { MORE_GOLDEN } from './golden-more.ts'
import { idOnly, NOW_MS, type OpenIngest, openIngest } from './ingest-fixture.ts'

const ALL = [...GOLDEN, ...GT06_GOLDEN, ...MORE_GOLDEN]
const isHex = (line: string) => /^[0-9a-f\s]+$/i.test(line)

/** Where the id ends, in characters of the line: of text by its separator, of bytes by the protocol's head. */
const TEXT_ID_END: Record<string, RegExp> = {
  h02: /^\*\w{2},\d{5,15},/,
  iw: /^IWAP(00,?|[0-9A-Z]{2},)\d{15}(?=,)/,
  laipac: /^\$[A-Z]+,[^,*]+,/,
  r16h: /^@[A-Z]{4},\d{15},/,
  watch: /^\[\w\w\*\d+\*/,
}
const HEX_ID_END: Record<string, number> = { jt808: 22, xexun3: 28 }

type Damage = { kind: string; line: string }

function damagesOf(protocol: string, line: string, isLoggedIn: boolean): Damage[] {
  const damages: Damage[] = []
  const add = (kind: string, damaged: string) => damages.push({ kind, line: damaged })
  if (isHex(line)) {
    const hex = line.replace(/\s/g, '')
    // A marker inside an escaped id moves where it ends.
    const is2019 = protocol === 'jt808' && (Number.parseInt(hex.slice(6, 8), 16) & 0x40) !== 0
    const idEnd = isLoggedIn ? 8 : is2019 ? 32 : HEX_ID_END[protocol]
    if (idEnd === undefined || hex.slice(2, idEnd).includes('7d')) return damages
    for (let at = idEnd + 2; at < hex.length; at += 2) add('cut', hex.slice(0, at))
    const sum = Number.parseInt(hex.slice(-6, -4), 16) ^ 1
    // Not its delimiters, its escapes or its length: by them a frame is found.
    if (protocol === 'gt06' && hasCrc(hex)) add('checksum', `${hex.slice(0, -6)}${byte(sum)}0d0a`)
    if (protocol === 'xexun3')
      add('checksum', `${hex.slice(0, -4)}${byte(Number.parseInt(hex.slice(-4, -2), 16) ^ 1)}${hex.slice(-2)}`)
    if (protocol === 'jt808' && !/7d..7e$/.test(hex)) {
      const check = Number.parseInt(hex.slice(-4, -2), 16) ^ 1
      if (check !== 0x7d && check !== 0x7e) add('checksum', `${hex.slice(0, -4)}${byte(check)}7e`)
    }
    return damages
  }
  const head = TEXT_ID_END[protocol]?.exec(line)?.[0].length ?? (isLoggedIn ? 6 : undefined)
  if (head === undefined) return damages
  for (let at = head + 1; at < line.length; at++) add('cut', line.slice(0, at))
  const fields = line.split(',')
  const firstAt = line.slice(0, head).split(',').length
  add('a field more at the end', line.replace(/([#\]$!]?)$/, ',X1$1'))
  for (let at = firstAt; at < fields.length; at++) {
    add('a field more', fields.toSpliced(at, 0, 'X1').join(','))
    add('a field less', fields.toSpliced(at, 1).join(','))
    add('a field empty', fields.with(at, '').join(','))
    add('a field damaged', fields.with(at, '\x01?~%').join(','))
  }
  if (protocol === 'laipac')
    add(
      'checksum',
      line.replace(/..$/, (sum) => byte(Number.parseInt(sum, 16) ^ 1)),
    )
  return damages
}

/** Of the form with serial and CRC. */
function hasCrc(hex: string): boolean {
  const bytes = Buffer.from(hex, 'hex')
  return bytes.length >= 10 && crc16([...bytes.subarray(2, -4)], 'x25') === bytes.readUInt16BE(bytes.length - 4)
}

const byte = (value: number) => value.toString(16).toUpperCase().padStart(2, '0')

for (const protocol of new Set(ALL.map((each) => each.protocol)))
  describe(protocol, () => {
    const tried = new Map<string, number>()
    test('worked frames, damaged', () => {
      for (const { lines, protocol: of } of ALL) {
        if (of !== protocol || lines[0]!.startsWith('{')) continue
        const before = lines.slice(0, -1)
        const said = (line: string) => {
          const decode = lineDecoder(protocol, { receivedMs: NOW_MS })
          const isLoggedIn = before.map(decode).some(({ heard }) => heard)
          return { ...decode(line), isLoggedIn }
        }
        const sound = said(lines.at(-1)!)
        if (!sound.heard || (sound.error !== null && !sound.isLoggedIn)) continue
        for (const { kind, line } of damagesOf(protocol, lines.at(-1)!, sound.isLoggedIn)) {
          const { heard, reports, error } = said(line)
          expect([kind, line, heard]).toEqual([kind, line, true])
          if (kind === 'checksum')
            expect([line, reports, error]).toEqual([line, [], expect.stringMatching(/^checksum|not whole/)])
          tried.set(kind, (tried.get(kind) ?? 0) + 1)
        }
      }
      if (HEX_ID_END[protocol] ?? TEXT_ID_END[protocol]) expect(tried.get('cut')).toBeGreaterThan(20)
      if (['gt06', 'jt808', 'laipac', 'xexun3'].includes(protocol)) expect(tried.get('checksum')).toBeGreaterThan(3)
      if (TEXT_ID_END[protocol]) expect(tried.get('a field damaged')).toBeGreaterThan(20)
    })
  })

let open: OpenIngest | undefined
afterEach(() => open?.close())

test('a bracelet whose frames all have a wrong checksum is in contact, gets no answer, and keeps its connection', async () => {
  const id = '86000041'
  open = await openIngest({ records: [idOnly(id, 'laipac')] })
  const socket = connect(open.ingest.ports.laipac!, '127.0.0.1')
  let heard = ''
  socket.on('data', (chunk) => {
    heard += chunk
  })
  const line = (named: string) =>
    `$AVRMC,${named},093005,a,0612.0000,S,10648.0000,E,10.00,271.00,080126,3,3.912,12,1,0,0*00\r\n`
  socket.write(line(id))
  await expect
    .poll(() => open!.stored())
    .toMatchObject([{ alarms: 0, flags: REPORT_FLAG.timeFromReceipt | REPORT_FLAG.unproven }])
  // A bit of the id is wrong: nobody was heard, and nobody is refused for it.
  socket.write(line('86000049'))
  await expect
    .poll(async () => (await open!.quarantined()).map(({ reason, deviceId }) => [reason, deviceId]))
    .toEqual([
      ['checksum', id],
      ['checksum', undefined],
    ])
  expect(await open.stored()).toHaveLength(1)
  expect([heard, socket.destroyed]).toEqual(['', false])
  socket.destroy()
})
