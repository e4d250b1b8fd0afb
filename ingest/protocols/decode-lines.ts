// Frames as lines of text, decoded without a server: for integrators, and for testing against frames nobody here has seen.
import type { DeviceReport } from '../../model/report/report.ts'
import { INGEST_LIMITS } from '../limits.ts'
import type { DecodeContext, DeviceProtocol, HttpProtocol, StreamProtocol } from './decoder.ts'
import { protocolNamed } from './protocols.ts'

export type DecodeLinesOptions = {
  receivedMs: number
  /** false: frames with a wrong checksum are taken. */
  checksum?: boolean
}

export type DecodedLine = {
  reports: object[]
  /** Hex of what the server would answer, `''` for a positive answer without a body; null for none. */
  reply: string | null
  error: string | null
}

/**
 * What each line says, all lines being of one connection: binary frames as hex, text frames as they are, HTTP requests as one
 * JSON object a line (`method`, `url`, `contentType`, `headers`, `body`). Throws RangeError on a protocol that nobody knows.
 */
export function* decodeLines(
  protocolName: string,
  lines: Iterable<string>,
  options: DecodeLinesOptions,
): Generator<DecodedLine> {
  yield* decodeLinesFrom(lineDecoder(protocolName, options), lines)
}

/** The same with a context of the caller's. */
export function* decodeLinesWith(
  protocolName: string,
  lines: Iterable<string>,
  context: DecodeContext,
): Generator<DecodedLine> {
  yield* decodeLinesFrom(lineDecoderWith(protocolName, context), lines)
}

function* decodeLinesFrom(decode: (line: string) => DecodedLine, lines: Iterable<string>): Generator<DecodedLine> {
  for (const line of lines) if (line.trim() !== '') yield decode(line)
}

/** The same a line at a time, for input that arrives. */
export function lineDecoder(protocolName: string, options: DecodeLinesOptions): (line: string) => DecodedLine {
  return lineDecoderWith(protocolName, {
    receivedMs: options.receivedMs,
    frameAlone: true,
    settingsOf: () => (options.checksum === false ? { acceptBadChecksum: true } : undefined),
    authorize: () => true,
  })
}

function lineDecoderWith(protocolName: string, context: DecodeContext): (line: string) => DecodedLine {
  const protocol: DeviceProtocol | undefined = protocolNamed(protocolName)
  if (protocol === undefined) throw new RangeError(`no protocol is called ${protocolName}`)
  return protocol.transport === 'http' ? httpLine(protocol, context) : streamLine(protocol, context)
}

function streamLine(protocol: StreamProtocol, context: DecodeContext): (line: string) => DecodedLine {
  const framer = protocol.newFramer(INGEST_LIMITS.frameBytesMax)
  const decoder = protocol.newDecoder()
  return (line) => {
    const bytes = protocol.lines === 'hex' ? fromHex(line) : Buffer.from(`${line.replace(/[\r\n]/g, '')}\r\n`, 'latin1')
    if (bytes === undefined) return { reports: [], reply: null, error: 'the line is no hex' }
    const reports: object[] = []
    const replies: Uint8Array[] = []
    const errors: string[] = []
    const garbageBefore = framer.garbageBytes
    for (const frame of framer.push(bytes)) {
      const decoded = decoder.decode(frame, context)
      reports.push(...decoded.reports.map(shown))
      if (decoded.reply !== undefined) replies.push(decoded.reply)
      if (decoded.error !== undefined) errors.push(`${decoded.error.reason}: ${decoded.error.detail}`)
    }
    const garbage = framer.garbageBytes - garbageBefore
    if (garbage > 0) errors.push(`${garbage} bytes outside any frame`)
    if (framer.pendingBytes > 0) errors.push(`a frame is not whole: ${framer.pendingBytes} bytes left over`)
    framer.reset()
    return {
      reports,
      reply: replies.length === 0 ? null : Buffer.concat(replies).toString('hex'),
      error: errors.length === 0 ? null : errors.join('; '),
    }
  }
}

function httpLine(protocol: HttpProtocol, context: DecodeContext): (line: string) => DecodedLine {
  return (line) => {
    const request = requestOf(line)
    if (typeof request === 'string') return { reports: [], reply: null, error: request }
    const { reports, deviceId, error, reply } = protocol.decode(request, context)
    const nobody = reports.length === 0 && deviceId === undefined && error !== undefined
    return {
      reports: reports.map(shown),
      reply: nobody ? null : Buffer.from(reply.body).toString('hex'),
      error: error === undefined ? null : `${error.reason}: ${error.detail}`,
    }
  }
}

function requestOf(line: string) {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    if (error instanceof SyntaxError) return 'the line is no JSON'
    throw error
  }
  if (typeof value !== 'object' || value === null) return 'the line must be a JSON object'
  const { method, url, path, contentType, headers, body } = value as Record<string, unknown>
  const target = url ?? path
  if (typeof target !== 'string') return 'url must be a text'
  const named: Record<string, string> = {}
  if (typeof headers === 'object' && headers !== null)
    for (const [name, text] of Object.entries(headers)) named[name.toLowerCase()] = String(text)
  return {
    method: typeof method === 'string' ? method.toUpperCase() : 'POST',
    url: target.replace(/^https?:\/\/[^/]*/i, '') || '/',
    ...(typeof contentType === 'string' ? { contentType } : {}),
    headers: named,
    body: Buffer.from(typeof body === 'string' ? body : ''),
  }
}

function fromHex(line: string): Buffer | undefined {
  const digits = line.replace(/\s+/g, '')
  return digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined
}

function shown(report: DeviceReport): object {
  return {
    deviceId: report.deviceId,
    fixTime: report.timeFromReceipt ? null : isoOf(report.timeMs),
    ...(report.deviceTimeMs === undefined ? {} : { deviceTime: isoOf(report.deviceTimeMs) }),
    fixValid: report.fixValid,
    lat: report.latDeg,
    lon: report.lonDeg,
    source: report.source,
    speedMps: report.speedMps,
    courseDeg: report.courseDeg,
    altitudeM: report.altitudeM,
    accuracyM: report.accuracyM,
    hdop: report.hdop,
    satellites: report.satellites,
    batteryPercent: report.batteryPercent,
    batteryVolts: report.batteryVolts,
    charging: report.charging,
    strap: report.strap,
    case: report.case,
    alarms: report.alarms,
    archived: report.archived,
    mock: report.mock,
    attributes: report.attributes,
  }
}

function isoOf(timeMs: number): string | null {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : null
}
