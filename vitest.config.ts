import { defineConfig } from 'vitest/config'
import { PATIENCE_MS } from './tests/setup/patience-ms.ts'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/setup/services.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Files that run after one another in a worker share its modules: loading them anew for each took a third of the time.
    isolate: false,
    testTimeout: 4 * PATIENCE_MS,
    hookTimeout: 4 * PATIENCE_MS,
    expect: { poll: { timeout: PATIENCE_MS } },
  },
})
