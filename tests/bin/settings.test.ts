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
