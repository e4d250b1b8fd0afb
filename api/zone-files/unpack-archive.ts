// ZIP archives from outside (KMZ, zipped shapefiles): sizes are counted while unpacking, whatever the archive's own table says.
import { Unzip, UnzipInflate } from 'fflate'
import { ZoneFileRefused } from './zone-file.ts'
import { ZONE_FILE_LIMITS } from './zone-file-limits.ts'

export const isArchive = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 0x03 && bytes[3] === 0x04

/** The files of an archive by name, lower case. Throws ZoneFileRefused for what is too large or damaged. */
export function unpackArchive(
  bytes: Uint8Array,
  { unpackedBytesMax, archiveFilesMax } = ZONE_FILE_LIMITS as { unpackedBytesMax: number; archiveFilesMax: number },
): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>()
  let unpacked = 0
  let failure: Error | undefined
  const unzip = new Unzip((file) => {
    if (files.size >= archiveFilesMax) throw new ZoneFileRefused(`the archive holds more than ${archiveFilesMax} files`)
    const parts: Uint8Array[] = []
    files.set(file.name.toLowerCase(), new Uint8Array())
    file.ondata = (error, part, final) => {
      if (error) {
        failure ??= new ZoneFileRefused(`the archive is damaged at ${printable(file.name)}`, { cause: error })
        return
      }
      unpacked += part.length
      if (unpacked > unpackedBytesMax) {
        failure ??= new ZoneFileRefused(`the archive unpacks to more than ${unpackedBytesMax} bytes`)
        file.terminate()
        return
      }
      parts.push(part)
      if (final) files.set(file.name.toLowerCase(), Buffer.concat(parts))
    }
    file.start()
  })
  unzip.register(UnzipInflate)
  const step = 64 * 1024
  for (let at = 0; at < bytes.length && failure === undefined; at += step) {
    try {
      unzip.push(bytes.subarray(at, at + step), at + step >= bytes.length)
    } catch (cause) {
      if (cause instanceof ZoneFileRefused) throw cause
      throw new ZoneFileRefused('the archive is damaged', { cause })
    }
  }
  if (failure) throw failure
  return files
}

function printable(name: string): string {
  return name.replace(/[^\x20-\x7e]/g, '?').slice(0, 60)
}
