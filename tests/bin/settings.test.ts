import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readSettings } from '../../bin/process/settings.ts'

test('addresses of alerts by who has to act; one that cannot be posted to is refused at start, and not repeated', () => {
  expect(readSettings({}).webhookUrls).toEqual({})
  expect(
    readSettings({
      GELANG_WEBHOOK_URL: 'http://ruang-kendali.example/a?key=1',
      GELANG_WEBHOOK_KASUBSI_URL: '',
      GELANG_WEBHOOK_KEPALA_BAPAS_URL: 'https://kepala.example',
    }).webhookUrls,
  ).toEqual({ petugas: 'http://ruang-kendali.example/a?key=1', kepala_bapas: 'https://kepala.example' })
  for (const address of [
    'kasubsi.example/secret',
    'ftp://kasubsi.example/secret',
    'https://me:secret@kasubsi.example',
  ]) {
    const reading = () => readSettings({ GELANG_WEBHOOK_KASUBSI_URL: address })
    expect(reading).toThrow(/^GELANG_WEBHOOK_KASUBSI_URL must [^:]*$/)
    expect(reading).not.toThrow(/secret@|\/secret/)
  }
})

test('a secret comes from the environment or from a file, not from both; what it holds is never repeated', () => {
  const folder = mkdtempSync(join(tmpdir(), 'gelang-settings-'))
  const file = join(folder, 'secret')
  writeFileSync(file, 'a secret of its own\n')
  expect(readSettings({ GELANG_AUTH_SECRET_FILE: file }).authSecret).toBe('a secret of its own')
  expect(readSettings({ GELANG_AUTH_SECRET: 'plain' }).authSecret).toBe('plain')
  expect(() => readSettings({ GELANG_AUTH_SECRET: 'plain', GELANG_AUTH_SECRET_FILE: file })).toThrow(
    'GELANG_AUTH_SECRET and GELANG_AUTH_SECRET_FILE are both set; only one can hold',
  )
  expect(() => readSettings({ DATABASE_URL_FILE: join(folder, 'missing') })).toThrow('DATABASE_URL_FILE')
  rmSync(folder, { recursive: true })
})

test('a number out of its range is refused with the range', () => {
  expect(readSettings({}).shardCount).toBe(16)
  expect(readSettings({ GELANG_SHARDS: '32' }).shardCount).toBe(32)
  for (const wrong of ['0', '1.5', 'many'])
    expect(() => readSettings({ GELANG_SHARDS: wrong })).toThrow('GELANG_SHARDS must be a whole number from 1 to 4096')
})
