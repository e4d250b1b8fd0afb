// `npm run structure`: per room its files, lines and what it imports; then every cycle between files.
import { findCycles, readStructure, roomOf } from './read-structure.ts'

const sources = readStructure()
const rooms = [...new Set(sources.map(({ path }) => roomOf(path)))].sort()
for (const room of rooms) {
  const files = sources.filter(({ path }) => roomOf(path) === room)
  const imports = new Map<string, number>()
  for (const file of files)
    for (const target of file.files) {
      const other = roomOf(target)
      if (other !== room) imports.set(other, (imports.get(other) ?? 0) + 1)
    }
  const lines = files.reduce((sum, file) => sum + file.lines, 0)
  console.log(`${room}: ${files.length} files, ${lines} lines`)
  for (const [other, count] of [...imports].sort(([a], [b]) => a.localeCompare(b)))
    console.log(`  → ${other} (${count})`)
}
const cycles = findCycles(sources)
for (const cycle of cycles) console.log(`cycle: ${cycle.join(' ↔ ')}`)
console.log(`${rooms.length} rooms, ${sources.length} files, ${cycles.length} cycles`)
