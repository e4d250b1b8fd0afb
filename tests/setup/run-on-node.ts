// `npm run test:node24`: tests on another line of Node.js than the one that is installed. Its binary comes from the npm registry into .local/.
// Usage: run-on-node.ts <major> [test folders …]
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../..')
const FOLDERS = ['tests/geofence', 'tests/model', 'tests/ingest', 'tests/api']

const [major = '24', ...asked] = process.argv.slice(2)
const folder = join(ROOT, '.local', `node-${major}`)
const platform = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`
mkdirSync(folder, { recursive: true })
execFileSync('npm', ['install', '--no-save', '--no-audit', '--no-fund', '--prefix', folder, `${platform}@${major}`], {
  stdio: 'inherit',
})
const bin = join(folder, 'node_modules', platform, 'bin')
const node = join(bin, 'node')
const version = execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()
console.log(`Node.js ${version}: ${(asked.length > 0 ? asked : FOLDERS).join(' ')}`)
if (!version.startsWith(`v${major}.`)) throw new Error(`asked for Node.js ${major}, got ${version}`)
const vitest = join(ROOT, 'node_modules/vitest/vitest.mjs')
const { status } = spawnSync(node, [vitest, 'run', ...(asked.length > 0 ? asked : FOLDERS)], {
  cwd: ROOT,
  stdio: 'inherit',
  env: { ...process.env, PATH: `${bin}${delimiter}${process.env.PATH}` },
})
process.exit(status ?? 1)
