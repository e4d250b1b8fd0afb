// Frames as lines of text, decoded without a server: for integrators, and for testing against frames nobody here has seen.
import { INGEST_LIMITS } from '../limits.ts'
import { isPlace } from './believe.ts'
import type { DecodeContext, DecodedReport, DeviceProtocol, HttpProtocol, StreamProtocol } from './decoder.ts'
import { protocolNamed } from './protocols.ts'

type DecodeLinesOptions = {
  receivedMs: number
  /** false: frames with a wrong checksum are taken. */
  checksum?: boolean
}

type DecodedLine = {
  reports: object[]
  /** Hex of what the server would answer, `''` for a positive answer without a body; null for none. */
  reply: string | null
  /** The line says whose it is. A frame that is whole counts as contact then, whatever else of it can be read. */
  heard: boolean
  /** Why the line, or a part of it, is no report. */
  error: string | null
  /** What of its reports cannot be believed. */
  warning: string | null
}

/**
 * What each line says, all lines being of one connection: binary frames and datagrams as hex, text frames as they are, HTTP
 * requests as one JSON object a line (`method`, `url`, `contentType`, `headers`, `body`). Throws RangeError on a protocol that
 * nobody knows.
 */
export function lineDecoder(protocolName: string, options: DecodeLinesOptions): (line: string) => DecodedLine {
  return lineDecoderWith(protocolName, {
    receivedMs: options.receivedMs,
    frameAlone: true,
    settingsOf: () => (options.checksum === false ? { acceptBadChecksum: true } : undefined),
    authorize: () => true,
  })
}

/** The same with a context of the caller's. */
export function lineDecoderWith(protocolName: string, context: DecodeContext): (line: string) => DecodedLine {
  const protocol: DeviceProtocol | undefined = protocolNamed(protocolName)
  if (protocol === undefined) throw new RangeError(`no protocol is called ${protocolName}`)
  return protocol.transport === 'http' ? httpLine(protocol, context) : streamLine(protocol, context)
}

function streamLine(protocol: StreamProtocol, context: DecodeContext): (line: string) => DecodedLine {
  const framer = protocol.newFramer(INGEST_LIMITS.frameBytesMax)
  const decoder = protocol.newDecoder()
  return (line) => {
    const bytes =
      protocol.lines === 'hex' || isBinaryFrame(line)
        ? fromHex(line)
        : Buffer.from(`${line.replace(/[\r\n]/g, '')}\r\n`, 'latin1')
    if (bytes === undefined) return unread('the line is no hex')
    const reports: DecodedReport[] = []
    let heard = false
    const replies: Uint8Array[] = []
    const errors: string[] = []
    const garbageBefore = framer.garbageBytes
    const datagram = protocol.udp?.newFramer?.(INGEST_LIMITS.frameBytesMax).push(bytes) ?? []
    for (const frame of datagram.length > 0 ? datagram : framer.push(bytes)) {
      const decoded = decoder.decode(frame, context)
      reports.push(...decoded.reports)
      heard ||= decoded.deviceId !== undefined || decoded.reports.length > 0
      if (decoded.reply !== undefined) replies.push(decoded.reply)
      if (decoded.error !== undefined) errors.push(`${decoded.error.reason}: ${decoded.error.detail}`)
    }
    const garbage = framer.garbageBytes - garbageBefore
    if (garbage > 0) errors.push(`${garbage} bytes outside any frame`)
    if (framer.pendingBytes > 0) {
      errors.push(`a frame is not whole: ${framer.pendingBytes} bytes left over`)
      heard ||= decoder.beganBy(bytes.subarray(bytes.length - framer.pendingBytes)) !== undefined
    }
    framer.reset()
    return {
      reports: reports.map(shown),
      reply: replies.length === 0 ? null : Buffer.concat(replies).toString('hex'),
      heard,
      error: errors.length === 0 ? null : errors.join('; '),
      warning: warningOf(reports, context),
    }
  }
}

function httpLine(protocol: HttpProtocol, context: DecodeContext): (line: string) => DecodedLine {
  return (line) => {
    const request = requestOf(line)
    if (typeof request === 'string') return unread(request)
    const { reports, deviceId, error, reply } = protocol.decode(request, context)
    const nobody = reports.length === 0 && deviceId === undefined && error !== undefined
    return {
      reports: reports.map(shown),
      reply: nobody ? null : Buffer.from(reply.body).toString('hex'),
      heard: deviceId !== undefined || reports.length > 0,
      error: error === undefined ? null : `${error.reason}: ${error.detail}`,
      warning: warningOf(reports, context),
    }
  }
}

function unread(error: string): DecodedLine {
  return { reports: [], reply: null, heard: false, error, warning: null }
}

/** What admission would not take at face value, in one line. */
function warningOf(reports: DecodedReport[], { receivedMs }: DecodeContext): string | null {
  const said = new Set<string>()
  for (const { defects = [], timeMs, latDeg, lonDeg } of reports) {
    for (const { reason, detail } of defects) said.add(`${reason}: ${detail}`)
    if (Number.isNaN(timeMs)) {
      if (!defects.some(({ reason }) => reason === 'impossible_time')) said.add('impossible_time: no such date or time')
    } else if (timeMs > receivedMs + INGEST_LIMITS.futureMsMax) said.add('future: the time lies ahead of ours')
    else if (timeMs < receivedMs - INGEST_LIMITS.ancientMsMax) said.add('ancient: the time lies too far back')
    if ((latDeg !== undefined || lonDeg !== undefined) && !isPlace(latDeg, lonDeg))
      said.add(`impossible_position: no such place: ${latDeg}, ${lonDeg}`)
  }
  return said.size === 0 ? null : [...said].join('; ')
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

/** Some text protocols have a binary form too. No text frame is hex from its beginning to its end. */
function isBinaryFrame(line: string): boolean {
  return /^[0-9a-f]{32,1024}$/i.test(line.trim())
}

function fromHex(line: string): Buffer | undefined {
  const digits = line.replace(/\s+/g, '')
  return digits.length % 2 === 0 && /^[0-9a-f]*$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined
}

function shown(report: DecodedReport): object {
  return {
    deviceId: report.deviceId,
    fixTime: report.timeFromReceipt ? null : isoOf(report.timeMs),
    ...(report.deviceTimeMs === undefined ? {} : { deviceTime: isoOf(report.deviceTimeMs) }),
    // A position without a known time, an impossible one, or the 0/0 of a receiver without a fix is no evidence.
    fixValid:
      report.fixValid && !Number.isNaN(report.timeMs) && isPlace(report.latDeg, report.lonDeg) && !isZero(report),
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
    // A device that knows only the alarm says no less with it.
    strap: report.strap ?? (report.alarms.includes('strapOpen') ? 'open' : undefined),
    case: report.case ?? (report.alarms.includes('caseOpen') ? 'open' : undefined),
    alarms: report.alarms,
    unknownAlarm: report.unknownAlarm,
    archived: report.archived,
    mock: report.mock,
    attributes: report.attributes,
  }
}

function isZero({ latDeg, lonDeg }: DecodedReport): boolean {
  return latDeg === 0 && lonDeg === 0
}

function isoOf(timeMs: number): string | null {
  return Math.abs(timeMs) <= 8.64e15 ? new Date(timeMs).toISOString() : null
}
