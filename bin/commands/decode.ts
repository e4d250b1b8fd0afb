// `gelang decode`: frames from standard input, one JSON object a line on standard output.
import { createInterface } from 'node:readline'
import { lineDecoder } from '../../ingest/protocols/decode-lines.ts'

/** Throws a sentence when the protocol is not known. */
export async function decodeCommand({ protocol, checksum }: { protocol: string; checksum: boolean }): Promise<void> {
  const decode = lineDecoder(protocol, { receivedMs: Date.now(), checksum })
  for await (const line of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY }))
    if (line.trim() !== '') process.stdout.write(`${JSON.stringify(decode(line))}\n`)
}
