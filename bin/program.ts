// What a launcher loads: the bundler's entry, dist/main.js.
export { main } from '../src/main.ts'
export { createWorld } from '../src/system/world.ts'
