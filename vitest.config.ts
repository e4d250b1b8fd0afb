import { defineConfig } from 'vitest/config'
import { PATIENCE_MS } from './tests/setup/patience-ms.ts'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts'],
    globalSetup: ['tests/setup/services.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 4 * PATIENCE_MS,
    hookTimeout: 4 * PATIENCE_MS,
    expect: { poll: { timeout: PATIENCE_MS } },
  },
})
