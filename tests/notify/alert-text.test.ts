import { expect, test } from 'vitest'
import { makeAlert } from '../../notify/alert.ts'
import { messageOf } from '../../notify/alert-text.ts'
import type { Alert } from '../../notify/channels/message.ts'
import { en } from '../../notify/messages/en.ts'
import { id } from '../../notify/messages/id.ts'
import { incidentOf } from './notify-fixture.ts'

test('every notice is a sentence of its own in both languages, complete, of a klien and never of a prisoner', () => {
  const raised = makeAlert('raised', incidentOf(1), 'https://konsol.example')
  const notices: Alert[] = [
    raised,
    { ...raised, reopened: true },
    { ...raised, kind: 'withdrawn' },
    { ...raised, kind: 'escalated', level: 'kasubsi', cause: 'overdue' },
    { ...raised, kind: 'escalated', level: 'kasubsi', cause: 'officer' },
  ]
  const texts = notices.map((notice) => messageOf(notice).text)
  for (const text of texts) {
    expect(text.id).toMatch(/serius/)
    expect(text.en).toMatch(/serious/)
    for (const sentence of [text.id, text.en]) {
      expect(sentence.endsWith(raised.link)).toBe(true)
      expect(sentence).not.toMatch(/[{}]|undefined|narapidana|tahanan|pelaku|offender|inmate|prisoner|convict/i)
    }
  }
  for (const language of ['id', 'en'] as const)
    expect(new Set(texts.map((text) => text[language])).size).toBe(notices.length)
  expect(Object.keys(en)).toEqual(Object.keys(id))
})
