import { lineDecoder, lineDecoderWith } from '../../ingest/protocols/decode-lines.ts'

type Decoded = ReturnType<ReturnType<typeof lineDecoder>>

/** What each line says that is not blank, all lines being of one connection. */
export function decodeLines(
  protocolName: string,
  lines: readonly string[],
  options: Parameters<typeof lineDecoder>[1],
): Decoded[] {
  return lines.filter((line) => line.trim() !== '').map(lineDecoder(protocolName, options))
}

/** The same with a context of the caller's. */
export function decodeLinesWith(
  protocolName: string,
  lines: readonly string[],
  context: Parameters<typeof lineDecoderWith>[1],
): Decoded[] {
  return lines.filter((line) => line.trim() !== '').map(lineDecoderWith(protocolName, context))
}
