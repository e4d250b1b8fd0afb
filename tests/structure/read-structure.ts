// The import graph of the source: which file imports which, by room (the folder that a file lies in).
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const IMPORT = /^\s*(?:import|export)\b[^'"]*?['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm
const NOT_SOURCE = new Set(['node_modules', 'tests', 'dist', 'docs'])

export type SourceFile = {
  /** Relative to the project's folder, with slashes. */
  path: string
  lines: number
  /** Paths of imported source files. */
  files: string[]
  /** Specifiers of imported packages. */
  packages: string[]
}

/** The room of a file: its folder. */
export const roomOf = (path: string): string => dirname(path)

/** Every source file outside of the tests. k6 scripts run in k6 and are left out. */
export function readStructure(root = ROOT): SourceFile[] {
  const folders = readdirSync(root, { withFileTypes: true }).filter(
    (entry) => entry.isDirectory() && !entry.name.startsWith('.') && !NOT_SOURCE.has(entry.name),
  )
  return folders.flatMap(({ name }) =>
    readdirSync(join(root, name), { recursive: true, encoding: 'utf8' })
      .filter((file) => /\.tsx?$/.test(file) && !file.startsWith('k6'))
      .sort()
      .map((file) => readSource(root, join(name, file))),
  )
}

function readSource(root: string, path: string): SourceFile {
  const text = readFileSync(join(root, path), 'utf8')
  const files: string[] = []
  const packages: string[] = []
  for (const [, statically, dynamically] of text.matchAll(IMPORT)) {
    const specifier = (statically ?? dynamically) as string
    if (!specifier.startsWith('.')) packages.push(specifier)
    else if (/\.tsx?$/.test(specifier)) files.push(normalize(join(dirname(path), specifier)))
  }
  return { path, lines: text.split('\n').length - 1, files, packages }
}

/** Groups of files that import one another in a circle, each sorted; Tarjan's strongly connected components. */
export function findCycles(sources: readonly SourceFile[]): string[][] {
  const imports = new Map(sources.map(({ path, files }) => [path, files]))
  const order = new Map<string, number>()
  const lowest = new Map<string, number>()
  const open: string[] = []
  const cycles: string[][] = []

  const visit = (path: string): number => {
    const number = order.size
    order.set(path, number)
    lowest.set(path, number)
    open.push(path)
    for (const next of imports.get(path) ?? []) {
      if (!imports.has(next)) continue
      const reached = order.has(next) ? (open.includes(next) ? (order.get(next) as number) : Infinity) : visit(next)
      lowest.set(path, Math.min(lowest.get(path) as number, reached))
    }
    if (lowest.get(path) === number) {
      const group = open.splice(open.indexOf(path))
      if (group.length > 1 || imports.get(path)?.includes(path)) cycles.push(group.sort())
    }
    return lowest.get(path) as number
  }
  for (const { path } of sources) if (!order.has(path)) visit(path)
  return cycles
}
