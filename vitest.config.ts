// Two projects: `unit` runs under every Node that is supported, `e2e` runs the builds and what others made.
import { defineConfig } from 'vitest/config'

const whole = ['test/e2e/**/*.test.ts', 'test/interop/**/*.test.ts', 'test/package.test.ts']

// Takes long, and what Node runs it shows nothing new: random mutants, pages in a browser, a log killed on its disk.
const once = ['test/fuzz.test.ts', 'test/oidc/pages.test.ts', 'test/sandbox/log/kill.test.ts']
const isOlderNode = Number.parseInt(process.versions.node, 10) < 24

export default defineConfig({
  test: {
    setupFiles: ['test/support/isolate.ts'],
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: isOlderNode ? [...whole, ...once] : whole,
          testTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: { name: 'e2e', include: whole, testTimeout: 120_000, hookTimeout: 120_000 },
      },
    ],
  },
})
