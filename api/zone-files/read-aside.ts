// Files of outside are read in a thread of their own, with its own memory and an end: none of them stops the process that
// serves the officers' screens.
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { readZoneFile } from './read-zone-file.ts'
import { type ZoneFile, type ZoneFileOptions, ZoneFileRefused } from './zone-file.ts'
import { ZONE_FILE_LIMITS } from './zone-file-limits.ts'

type Work = { zoneFileBytes: Uint8Array; options: ZoneFileOptions }
type Answer = { ok: true; file: ZoneFile } | { ok: false; message: string }

/** Where the source runs without a build (tests), the thread has to learn TypeScript first. */
const FROM_SOURCE = `import('tsx/esm/api').then(({ register }) => { register(); return import(${JSON.stringify(import.meta.filename)}) })`

/** As readZoneFile. Throws ZoneFileRefused, also where reading takes too long or too much memory. */
export async function readZoneFileAside(
  bytes: Uint8Array,
  options: ZoneFileOptions = {},
  { readMsMax, heapMebibytesMax } = ZONE_FILE_LIMITS as { readMsMax: number; heapMebibytesMax: number },
): Promise<ZoneFile> {
  const [program, evaluated] = import.meta.filename.endsWith('.ts')
    ? [FROM_SOURCE, true]
    : [import.meta.filename, false]
  const worker = new Worker(program, {
    eval: evaluated,
    workerData: { zoneFileBytes: bytes, options } satisfies Work,
    resourceLimits: { maxOldGenerationSizeMb: heapMebibytesMax },
    env: {},
  })
  let timer: NodeJS.Timeout | undefined
  try {
    const answer = await new Promise<Answer>((resolve, reject) => {
      timer = setTimeout(() => reject(new ZoneFileRefused('reading the file took too long')), readMsMax)
      worker.once('message', resolve)
      worker.once('error', (cause: NodeJS.ErrnoException) =>
        reject(
          cause.code === 'ERR_WORKER_OUT_OF_MEMORY'
            ? new ZoneFileRefused('reading the file needs too much memory', { cause })
            : cause,
        ),
      )
      worker.once('exit', () => reject(new Error('the reading thread ended without an answer')))
    })
    if (!answer.ok) throw new ZoneFileRefused(answer.message)
    return answer.file
  } finally {
    clearTimeout(timer)
    await worker.terminate()
  }
}

if (!isMainThread && (workerData as Partial<Work> | undefined)?.zoneFileBytes !== undefined) {
  const { zoneFileBytes, options } = workerData as Work
  const answer: Answer = await readZoneFile(zoneFileBytes, options).then(
    (file) => ({ ok: true as const, file }),
    (error: unknown) => {
      if (error instanceof ZoneFileRefused) return { ok: false as const, message: error.message }
      throw error
    },
  )
  parentPort?.postMessage(answer)
}
