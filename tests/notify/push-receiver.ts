// A browser and its push service: checks VAPID (RFC 8292) and decrypts aes128gcm (RFC 8188, RFC 8291) from the documents, without the
// library that encrypts.
import { createDecipheriv, createECDH, createPublicKey, hkdfSync, randomBytes, verify } from 'node:crypto'
import { expect } from 'vitest'

export type PushReceiver = {
  keys: { p256dh: string; auth: string }
  decrypt(body: Buffer): string
  /** Fails unless the header is signed with the server's key, for this push service, and ends within a day. */
  checkVapid(authorization: string, audience: string): void
}

export function pushReceiver(vapidPublicKey: string): PushReceiver {
  const browser = createECDH('prime256v1')
  browser.generateKeys()
  const auth = randomBytes(16)
  return {
    keys: { p256dh: browser.getPublicKey('base64url'), auth: auth.toString('base64url') },
    decrypt(body) {
      const salt = body.subarray(0, 16)
      const idLength = body[20]!
      const server = body.subarray(21, 21 + idLength)
      const sealed = body.subarray(21 + idLength)
      const shared = browser.computeSecret(server)
      const info = Buffer.concat([Buffer.from('WebPush: info\0'), browser.getPublicKey(), server])
      const secret = Buffer.from(hkdfSync('sha256', shared, auth, info, 32))
      const key = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: aes128gcm\0', 16))
      const nonce = Buffer.from(hkdfSync('sha256', secret, salt, 'Content-Encoding: nonce\0', 12))
      const decipher = createDecipheriv('aes-128-gcm', key, nonce)
      decipher.setAuthTag(sealed.subarray(-16))
      const padded = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()])
      // The last record's text ends with 0x02 and zeros.
      return padded.subarray(0, padded.lastIndexOf(2)).toString()
    },
    checkVapid(authorization, audience) {
      const [, token = '', key = ''] = /^vapid t=([^,\s]+),\s*k=(\S+)$/.exec(authorization) ?? []
      expect(key).toBe(vapidPublicKey)
      const point = Buffer.from(key, 'base64url')
      const [x, y] = [point.subarray(1, 33), point.subarray(33)].map((half) => half.toString('base64url'))
      const publicKey = createPublicKey({ key: { kty: 'EC', crv: 'P-256', x: x!, y: y! }, format: 'jwk' })
      const [head = '', claims = '', signature = ''] = token.split('.')
      const signed = Buffer.from(`${head}.${claims}`)
      expect(
        verify('sha256', signed, { key: publicKey, dsaEncoding: 'ieee-p1363' }, Buffer.from(signature, 'base64url')),
      ).toBe(true)
      const { aud, exp, sub } = JSON.parse(Buffer.from(claims, 'base64url').toString())
      expect({ aud, sub }).toEqual({ aud: audience, sub: 'mailto:it@bapas.example' })
      expect(exp * 1000).toBeLessThanOrEqual(Date.now() + 86_400_000)
    },
  }
}
