import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { deviceKeyCommand } from '../../bin/commands/device-key.ts'
import { presharedKeyOf } from '../../ingest/admission/issued-code.ts'

const SECRET = 'a secret of the installation, long enough'

function printed(deviceId: string, env: NodeJS.ProcessEnv): string[] {
  const lines: string[] = []
  deviceKeyCommand(deviceId, env, (line) => lines.push(line))
  return lines
}

test('the key that ingest derives is printed, another for another bracelet', () => {
  const key = presharedKeyOf(createHash('sha256').update(SECRET).digest(), '860000000000025').toString('hex')
  const lines = printed('860000000000025', { GELANG_DEVICE_KEY: SECRET })
  expect(lines).toEqual(['identity 860000000000025', `key ${key}`])
  expect(key).toMatch(/^[0-9a-f]{64}$/)
  expect(printed('860000000000026', { GELANG_DEVICE_KEY: SECRET })[1]).not.toBe(lines[1])
})

test('without a key of the installation, or with a short one, there is none', () => {
  expect(() => printed('b', {})).toThrow('GELANG_DEVICE_KEY')
  expect(() => printed('b', { GELANG_DEVICE_KEY: 'short' })).toThrow('at least 32')
})
