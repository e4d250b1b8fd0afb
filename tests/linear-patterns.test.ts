// Every pattern may meet text from outside, so none may take more than linear time. The source is parsed, each regular
// expression in it is analysed, and what backtracks polynomially is named with its file.
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { analyse } from 'scslre'
import { parseAst } from 'vite'
import { expect, test } from 'vitest'

const ROOT = join(import.meta.dirname, '..')
// biome-ignore format: one list
const FOLDERS = ['model', 'geofence', 'stream', 'store', 'ingest', 'pipeline', 'notify', 'api', 'web-map', 'simulators', 'bin', 'local-services']
/** They put patterns together from constants of their own, and read what our own services say. */
const MAY_CONSTRUCT = ['store/database/retry.ts', 'stream/redis/durability.ts']

type Node = { type?: string; start?: number; regex?: { pattern: string; flags: string } } & Record<string, unknown>
type Found = { literals: { at: number; pattern: string; flags: string }[]; constructed: number[] }

function patternsOf(code: string, lang: 'ts' | 'tsx'): Found {
  const found: Found = { literals: [], constructed: [] }
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) value.forEach(walk)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return
    const node = value as Node
    if (node.type === 'Literal' && node.regex !== undefined) found.literals.push({ at: node.start!, ...node.regex })
    else {
      const callee = node.callee as Node | undefined
      if ((node.type === 'NewExpression' || node.type === 'CallExpression') && callee?.name === 'RegExp')
        found.constructed.push(node.start!)
      Object.values(node).forEach(walk)
    }
  }
  walk(parseAst(code, { lang }))
  return found
}

function superLinear(pattern: string, flags: string): string[] {
  return analyse({ source: pattern, flags }).reports.map(
    ({ type, exponential, character }) =>
      `/${pattern}/${flags} takes ${exponential ? 'exponential' : 'polynomial'} time (${type}) on rows of ${JSON.stringify(character.pick)}`,
  )
}

const FILES = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => `${folder}/${file}`),
)

test('no regular expression takes more than linear time', { timeout: 120_000 }, () => {
  const wrong: string[] = []
  let count = 0
  for (const file of FILES) {
    const code = readFileSync(join(ROOT, file), 'utf8')
    const { literals, constructed } = patternsOf(code, file.endsWith('x') ? 'tsx' : 'ts')
    const lineOf = (at: number) => code.slice(0, at).split('\n').length
    for (const { at, pattern, flags } of literals)
      for (const why of superLinear(pattern, flags)) wrong.push(`${file}:${lineOf(at)} ${why}`)
    if (!MAY_CONSTRUCT.includes(file))
      for (const at of constructed) wrong.push(`${file}:${lineOf(at)} makes a pattern that cannot be analysed here`)
    count += literals.length
  }
  expect(wrong).toEqual([])
  expect(count).toBeGreaterThan(90)
})

test('the analysis knows the shapes that are wrong', () => {
  for (const pattern of [
    '^\\s*[+-]?(\\d+\\.?\\d*|\\.\\d+)$',
    '[\\r\\n]+$',
    '^(\\d+)*$',
    '\\s*,\\s*$',
    '^.*x.*y$',
    '^\\w+\\d+$',
  ])
    expect(superLinear(pattern, ''), pattern).not.toEqual([])
  for (const pattern of ['^[+-]?\\d{1,10}(\\.\\d{0,12})?$', '^(\\d+(\\.\\d*)?|\\.\\d+)$', '[\\r\\n]', '^a*b*$'])
    expect(superLinear(pattern, ''), pattern).toEqual([])
})
