// The key of the published rules: long enough, made once, and for its owner only.
import { statSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { keptSecret } from '../../bin/process/role-secrets.ts'
import { DIGEST_INTS, KEY_CHARS_MIN, parseHead, sealOf } from '../../stream/redis/seal.ts'
import { ownFolder } from '../setup/own-services.ts'

test('a short key is refused', () => {
  expect(() => sealOf('x'.repeat(KEY_CHARS_MIN - 1))).toThrow(RangeError)
  expect(() => sealOf('x'.repeat(KEY_CHARS_MIN))).not.toThrow()
})

test('a secret that is kept is made once', async () => {
  const file = join(await ownFolder(), 'rules-key')
  const made = keptSecret(file)
  expect(made.length).toBeGreaterThanOrEqual(KEY_CHARS_MIN)
  expect(keptSecret(file)).toBe(made)
  expect(statSync(file).mode & 0o777).toBe(0o600)
})

const seal = sealOf('k'.repeat(KEY_CHARS_MIN))
const text = fc.string({ unit: 'grapheme', maxLength: 40 })

test('what is sealed opens as it was, under its own set and name only; nothing else opens', () => {
  fc.assert(
    fc.property(text, text, fc.nat(), text, text, (set, name, stamp, body, other) => {
      const { text: sealed, digest } = seal.seal(set, name, stamp, body)
      expect(seal.open(set, name, sealed)).toEqual({ stamp, body, digest })
      if (other !== name) expect(seal.open(set, other, sealed)).toBeUndefined()
      if (other !== set) expect(seal.open(other, name, sealed)).toBeUndefined()
      expect(seal.open(set, name, other)).toBeUndefined()
      expect(sealOf('l'.repeat(KEY_CHARS_MIN)).open(set, name, sealed)).toBeUndefined()
      const at = sealed.length >> 1
      const cut = sealed.slice(0, at) + sealed.slice(at + 1)
      if (cut !== sealed) expect(seal.open(set, name, cut)).toBeUndefined()
    }),
  )
})

test('a head vouches for its own set, stamp, count and sum only', () => {
  const sum = new Int32Array(DIGEST_INTS).fill(-7)
  const other = sum.slice()
  other[3] = 0
  const head = parseHead(seal.headText('s', 5, 2, sum))!
  expect(seal.vouches('s', head, 2, sum)).toBe(true)
  expect(seal.vouches('t', head, 2, sum)).toBe(false)
  expect(seal.vouches('s', { ...head, stamp: 6 }, 2, sum)).toBe(false)
  expect(seal.vouches('s', { ...head, count: 3 }, 3, sum)).toBe(false)
  expect(seal.vouches('s', head, 2, other)).toBe(false)
  for (const broken of ['', '.', 'a.b.c', 'a.1', `${'a'.repeat(43)}.1.-2`, null])
    expect(parseHead(broken)).toBeUndefined()
})
