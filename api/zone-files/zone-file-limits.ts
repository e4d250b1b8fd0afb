// What one imported file of zones may hold.
export const ZONE_FILE_LIMITS = {
  bytesMax: 32 * 1024 * 1024,
  /** All files of an archive together, unpacked. */
  unpackedBytesMax: 128 * 1024 * 1024,
  archiveFilesMax: 200,
  featuresMax: 2000,
  nameCharsMax: 120,
  /** Reading takes place in a thread of its own, which is ended after this. */
  readMsMax: 30_000,
  heapMebibytesMax: 1024,
} as const
