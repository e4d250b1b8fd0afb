// A Teltonika tracker over UDP: each datagram holds its number, the IMEI and records of Codec 8 Extended, and is confirmed by its
// number and how many records were taken.
import { recordsOf } from './teltonika.ts'
import { uint } from './wire-bytes.ts'
import type { Session, WireDevice } from './wire-device.ts'

const ANSWER_BYTES = 7

function newSession(deviceId: string): Session {
  const imei = [...Buffer.from(deviceId, 'latin1')]
  let number = 0
  const rest: number[] = []
  return {
    hello: [],
    encode: (reports) => {
      number = (number + 1) & 0xff
      const data = [...uint(0xcafe, 2), 1, number, ...uint(imei.length, 2), ...imei, ...recordsOf(reports)]
      const bytes = Uint8Array.from([...uint(data.length, 2), ...data])
      return { bytes, reports, answer: `${number}:${reports.length}` }
    },
    read: (chunk) => {
      rest.push(...chunk)
      const answers: string[] = []
      while (rest.length >= ANSWER_BYTES) {
        const [, , , , , packet, count] = rest.splice(0, ANSWER_BYTES)
        answers.push(`${packet}:${count}`)
      }
      return answers
    },
  }
}

export const teltonikaUdpDevice: WireDevice = {
  protocol: 'teltonika',
  acknowledges: true,
  batchReportsMax: 10,
  saysStored: false,
  newSession,
}
