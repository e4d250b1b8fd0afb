// A Traccar server that forwards one bracelet's positions (`forward.type` = json): one request a position, the same again until 2xx.
// The secret is the gateway's: `GATEWAY_ID:SECRET`.
import type { DeviceReport } from '../../model/report/report.ts'
import { HttpAnswers, isTaken } from './http-answers.ts'
import { KNOTS_PER_MPS } from './wire-bytes.ts'
import type { Session, WireDevice } from './wire-device.ts'

function newSession(deviceId: string, secret: string): Session {
  const answers = new HttpAnswers()
  return {
    hello: [],
    encode: ([report]) => ({ bytes: postOf(deviceId, secret, report!), reports: [report!], answer: 'taken' }),
    read: (chunk) => answers.read(chunk).map((status) => (isTaken(status) ? 'taken' : 'refused')),
  }
}

function postOf(deviceId: string, secret: string, report: DeviceReport): Buffer {
  const body = JSON.stringify({ position: positionOf(report), device: { id: 1, uniqueId: deviceId, name: 'X' } })
  const head = [
    ...['POST /v1/traccar/positions HTTP/1.1', 'Host: gelang', `Authorization: Bearer ${secret}`],
    ...['Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`],
  ]
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}

function positionOf(report: DeviceReport): object {
  const time = new Date(report.timeMs).toISOString()
  const { alarms, batteryPercent, charging, satellites } = report
  return {
    ...{ id: 1, deviceId: 1, protocol: 'gt06', serverTime: time, deviceTime: time, fixTime: time, outdated: false },
    ...{ valid: report.fixValid, latitude: report.latDeg ?? 0, longitude: report.lonDeg ?? 0 },
    ...{ altitude: report.altitudeM ?? 0, course: report.courseDeg ?? 0, accuracy: report.accuracyM ?? 0 },
    speed: (report.speedMps ?? 0) * KNOTS_PER_MPS,
    attributes: {
      ...(alarms.length > 0 && { alarm: alarms.join(',') }),
      ...(batteryPercent !== undefined && { batteryLevel: batteryPercent }),
      ...(charging !== undefined && { charge: charging }),
      ...(satellites !== undefined && { sat: satellites }),
    },
  }
}

export const traccarForward: WireDevice = {
  protocol: 'gateway',
  acknowledges: true,
  answersAnyFrame: true,
  batchReportsMax: 1,
  saysStored: false,
  newSession,
}
