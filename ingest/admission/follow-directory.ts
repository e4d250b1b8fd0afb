import { keepGoing } from '../../model/keep-going.ts'
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
  let version = 0
  const going = keepGoing({
    name: 'directory',
    async turn({ stopped }) {
      const news = await source.news()
      if (stopped.aborted || news.version === 0) return Number.POSITIVE_INFINITY
      if (version > 0) directory.applyChanges(news.changed)
      else directory.replaceAll(present(news.changed))
      version = news.version
      return Number.POSITIVE_INFINITY
    },
    // Whatever is wrong with a new directory, bracelets are known by the last one.
    retries: () => true,
    retryMs: { first: RETRY_MS, max: RETRY_MS },
    log,
    onFailing: (error) => log.warn({ err: error }, 'the directory cannot be loaded; the last one stays'),
    onWorks: () => log.info({ version }, 'the directory can be loaded again'),
  })
  const unwatch = source.watch(going.wake)
  return () => {
    unwatch()
    void going.stop()
  }
}

function* present(changed: Iterable<[string, DirectoryRecord | undefined]>): Generator<DirectoryRecord> {
  for (const [, record] of changed) if (record !== undefined) yield record
}
