// A small modem with the OsmAnd way: HTTP/1.0 without Host, LF line ends, the whole report in the target, one request a connection.
import { encodeOsmand } from '../send-osmand.ts'
import { HttpAnswers, isTaken } from './http-answers.ts'
import type { Session, WireDevice } from './wire-device.ts'

function newSession(deviceId: string, secret: string): Session {
  const answers = new HttpAnswers()
  return {
    hello: [],
    encode: ([report]) => {
      const query = encodeOsmand(deviceId, report!)
      query.set('token', secret)
      return { bytes: Buffer.from(`GET /?${query} HTTP/1.0\n\n`, 'latin1'), reports: [report!], answer: 'taken' }
    },
    read: (chunk) => answers.read(chunk).map((status) => (isTaken(status) ? 'taken' : 'refused')),
  }
}

export const modemHttpDevice: WireDevice = {
  protocol: 'osmand',
  acknowledges: true,
  answersAnyFrame: true,
  batchReportsMax: 1,
  saysStored: false,
  newSession,
}
