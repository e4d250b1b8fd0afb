// The envelopes of the wire formats, written from their documents for the tests alone: no decoder shares a line with them.

/** CRC-16/X-25 bit by bit, or CCITT-FALSE. */
export function crcBits(bytes: Uint8Array, kind: 'x25' | 'ccitt'): number {
  let crc = 0xffff
  for (const byte of bytes) {
    if (kind === 'x25') {
      crc ^= byte
      for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0x8408 : crc >> 1
    } else {
      crc ^= byte << 8
      for (let i = 0; i < 8; i++) crc = (crc & 0x8000 ? (crc << 1) ^ 0x1021 : crc << 1) & 0xffff
    }
  }
  return kind === 'x25' ? crc ^ 0xffff : crc
}

const bytesOf = (hex: string) => Buffer.from(hex.replace(/\s+/g, ''), 'hex')
const hex = (value: number, digits: number) => value.toString(16).padStart(digits, '0')

/** A GT06 frame; a type of three digits is of the long form. `lie` is added to the length byte. */
export function gt06(type: string, content = '', serial = 1, lie = 0): string {
  const isLong = type.length === 3
  const body = `${type.slice(-2)}${content}${hex(serial, 4)}`
  const length = bytesOf(body).length + 2 + lie
  const covered = `${hex(length, isLong ? 4 : 2)}${body}`.replace(/\s+/g, '')
  return `${isLong ? '7979' : '7878'}${covered}${hex(crcBits(bytesOf(covered), 'x25'), 4)}0d0a`
}

export type Message808 = { id?: string; serial?: number; is2019?: boolean; split?: [total: number, number: number] }

/** A JT/T 808 frame, escaped. */
export function jt808(message: string, body = '', options: Message808 = {}): string {
  const { id = '086000000033', serial = 1, is2019 = false, split } = options
  const attributes = bytesOf(body).length | (is2019 ? 0x4000 : 0) | (split ? 0x2000 : 0)
  const header = `${message}${hex(attributes, 4)}${is2019 ? '01' : ''}${id}${hex(serial, 4)}`
  const parts = split ? hex(split[0], 4) + hex(split[1], 4) : ''
  const bytes = bytesOf(header + parts + body)
  const sum = bytes.reduce((a, b) => a ^ b, 0)
  const escaped = [...bytes, sum].map((b) => (b === 0x7e ? '7d02' : b === 0x7d ? '7d01' : hex(b, 2)))
  return `7e${escaped.join('')}7e`
}

/** `$…*hh`. */
export function nmea(text: string): string {
  const sum = Buffer.from(text, 'latin1').reduce((a, b) => a ^ b, 0)
  return `$${text}*${hex(sum, 2).toUpperCase()}`
}

export function xexun3(type: string, body: string, sequence = 7, id = '0860000000000066'): string {
  const covered = bytesOf(`03${type}${hex(sequence, 2)}${id}${body}`)
  return `fc${hex(covered.length, 4)}${covered.toString('hex')}${hex(crcBits(covered, 'ccitt'), 4)}cf`
}

export function hexOfText(text: string): string {
  return Buffer.from(text, 'latin1').toString('hex')
}

/** A Watch frame with the right length. */
export function watch(content: string, id = '8600000302', maker = '3G'): string {
  return `[${maker}*${id}*${hex(content.length, 4).toUpperCase()}*${content}]`
}

/** A Teltonika datagram: AVL packet 05. */
export function teltonikaDatagram(imei: string, codec: string, records: string[], packet: number): string {
  const count = hex(records.length, 2)
  const rest = `${hex(packet, 4)}0105000f${hexOfText(imei)}${codec}${count}${records.join('')}${count}`
  return hex(rest.length / 2, 4) + rest
}

/** A Teltonika data frame over TCP: records (hex) of a codec, counted. */
export function teltonika(codec: string, records: string[], count = records.length): string {
  const data = `${codec}${hex(count, 2)}${records.join('')}${hex(count, 2)}`.replace(/\s+/g, '')
  let crc = 0
  for (const byte of bytesOf(data)) {
    crc ^= byte
    for (let i = 0; i < 8; i++) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1
  }
  return `00000000${hex(bytesOf(data).length, 8)}${data}${hex(crc, 8)}`
}
