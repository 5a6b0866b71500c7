// Two projects: `unit` runs under every Node that is supported, `e2e` runs the builds and other people's programs.
import { defineConfig } from 'vitest/config'

const whole = ['test/e2e/**/*.test.ts', 'test/interop/**/*.test.ts', 'test/package.test.ts']

export default defineConfig({
  test: {
    setupFiles: ['test/support/isolate.ts'],
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: { name: 'unit', include: ['test/**/*.test.ts'], exclude: whole, testTimeout: 30_000 },
      },
      {
        extends: true,
        test: { name: 'e2e', include: whole, testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
})
