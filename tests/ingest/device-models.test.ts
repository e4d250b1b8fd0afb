import { expect, test } from 'vitest'
import { meaningsOf } from '../../ingest/protocols/words/alarm-words.ts'
import { DEVICE_MODELS, withModelSettings } from '../../ingest/protocols/words/device-models.ts'
import type { DirectoryDevice } from '../../model/plan/directory.ts'

const device = (more: Partial<DirectoryDevice>): DirectoryDevice => ({
  braceletId: 1,
  deviceId: 'b1',
  unitPath: 'a',
  idSuffices: true,
  revoked: false,
  assignments: [],
  ...more,
})

test('a model is found however its name is written, and its settings are shared', () => {
  const one = withModelSettings(device({ model: 'GT06-0C Tamper' }))
  expect(one.settings).toBe(DEVICE_MODELS['gt06 0c tamper'])
  expect(withModelSettings(device({ model: 'unheard of' })).settings).toBeUndefined()
  expect(withModelSettings(device({})).settings).toBeUndefined()
  expect(withModelSettings(device({ model: 'constructor' })).settings).toBeUndefined()
})

test("a device's own settings go first, code by code", () => {
  const own = { alarmCodes: { '16': 'none', '20': 'sos' }, utcOffsetMinutes: 60 }
  expect(withModelSettings(device({ model: 'jt808 cargo lock', settings: own })).settings).toEqual({
    alarmCodes: { '16': 'none', '17': 'tamper', '20': 'sos' },
    utcOffsetMinutes: 60,
  })
})

test('every word in the shipped table is one that the decoders know', () => {
  const contacts = ['none', 'strap=open', 'strap=closed', 'case=open', 'case=closed']
  for (const [name, { alarmCodes = {} }] of Object.entries(DEVICE_MODELS))
    for (const word of Object.values(alarmCodes))
      expect([name, word, contacts.includes(word) || meaningsOf(word).length === 1]).toEqual([name, word, true])
})
