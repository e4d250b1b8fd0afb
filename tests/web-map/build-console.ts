import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { build } from 'vite'

/** Builds the console from its source into a folder of its own, so that a test never sees a stale build. */
export async function buildConsole(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'gelang-console-'))
  await build({
    configFile: resolve(import.meta.dirname, '../../web-map/vite.config.ts'),
    logLevel: 'error',
    build: { outDir: folder, emptyOutDir: true },
  })
  rmSync(`${folder}-maps`, { recursive: true, force: true })
  return folder
}
