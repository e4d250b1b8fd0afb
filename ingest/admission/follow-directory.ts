import type { Log } from '../../model/observe.ts'
import type { DirectoryRecord } from '../../model/plan/directory.ts'
import type { Directory } from './directory.ts'

const RETRY_MS = 1000

/** Where the directory is published; `bin` makes it from stream/publications. */
type DirectorySource = {
  /**
   * What changed since the last call, by `device:<id>` or `gateway:<id>`, undefined where one is gone; all of it at the first that
   * does not throw. Version 0: never published.
   */
  news(): Promise<{ version: number; changed: Iterable<[string, DirectoryRecord | undefined]> }>
  /** Calls back when there may be a newer one; gives what stops it. */
  watch(onChange: () => void): () => void
}

/**
 * Keeps `directory` filled from `source` until the function it gives is called. A load that fails is tried again for ever,
 * the last directory staying. A directory that has never been published (version 0) counts as not there.
 */
export function followDirectory(directory: Directory, source: DirectorySource, log: Log): () => void {
  let stopped = false
  let loading = false
  let changedMeanwhile = false
  let failing = false
  let version = 0
  let retry: NodeJS.Timeout | undefined

  async function load(): Promise<void> {
    const news = await source.news()
    if (stopped || news.version === 0) return
    if (version > 0) directory.applyChanges(news.changed)
    else directory.replaceAll(present(news.changed))
    version = news.version
  }

  async function refresh(): Promise<void> {
    if (loading) {
      changedMeanwhile = true
      return
    }
    loading = true
    clearTimeout(retry)
    try {
      do {
        changedMeanwhile = false
        await load()
      } while (changedMeanwhile && !stopped)
      if (failing) log.info({ version }, 'the directory can be loaded again')
      failing = false
    } catch (error) {
      if (!failing) log.warn({ err: error }, 'the directory cannot be loaded; the last one stays')
      failing = true
      if (!stopped) retry = setTimeout(() => void refresh(), RETRY_MS)
    } finally {
      loading = false
    }
  }

  const unwatch = source.watch(() => void refresh())
  void refresh()
  return () => {
    stopped = true
    clearTimeout(retry)
    unwatch()
  }
}

function* present(changed: Iterable<[string, DirectoryRecord | undefined]>): Generator<DirectoryRecord> {
  for (const [, record] of changed) if (record !== undefined) yield record
}
