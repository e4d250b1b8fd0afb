import type { DirectoryRecord } from '../model/directory.ts'
import type { Log } from '../model/observe.ts'
import type { Directory } from './directory.ts'

const RETRY_MS = 1000

export type DirectorySource = {
  load(): Promise<{ version: number | string; records: Iterable<DirectoryRecord> }>
  /** Calls back when there may be a newer one; gives what stops it. */
  watch(onChange: () => void): () => void
}

/** Keeps `directory` filled from `source` until the function it gives is called. A load that fails is tried again for ever. */
export function followDirectory(directory: Directory, source: DirectorySource, log: Log): () => void {
  let stopped = false
  let loading = false
  let changedMeanwhile = false
  let failing = false
  let retry: NodeJS.Timeout | undefined

  async function load(): Promise<void> {
    if (loading) {
      changedMeanwhile = true
      return
    }
    loading = true
    clearTimeout(retry)
    try {
      const { version, records } = await source.load()
      if (stopped) return
      directory.replaceAll(records)
      failing = false
      log.debug({ version, devices: directory.deviceCount }, 'directory loaded')
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'the directory cannot be loaded; the last one stays')
      failing = true
      if (!stopped) retry = setTimeout(() => void load(), RETRY_MS)
    } finally {
      loading = false
    }
    if (changedMeanwhile && !stopped) {
      changedMeanwhile = false
      await load()
    }
  }

  const unwatch = source.watch(() => void load())
  void load()
  return () => {
    stopped = true
    clearTimeout(retry)
    unwatch()
  }
}
