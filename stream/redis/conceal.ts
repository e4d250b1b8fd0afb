// Text that only the holders of a key can read, bound to a context: AES-256-GCM with the context as additional data. The nonce is made
// from the text (a synthetic nonce, as in RFC 8452, 4): the same text gives the same result, so that publishing again changes nothing.
import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto'

export type Conceal = {
  conceal(context: string, text: string): string
  /** Undefined: not made with this key for this context. */
  reveal(context: string, concealed: string): string | undefined
}

const NONCE_BYTES = 12
const TAG_BYTES = 16
/** Shorter keys are guessed. */
export const CONCEAL_KEY_CHARS_MIN = 32

/** Throws RangeError for a key of fewer than CONCEAL_KEY_CHARS_MIN characters. */
export function concealWith(key: string): Conceal {
  if (key.length < CONCEAL_KEY_CHARS_MIN)
    throw new RangeError(`the key must have ${CONCEAL_KEY_CHARS_MIN} characters or more`)
  const derived = (name: string) => Buffer.from(hkdfSync('sha256', key, '', `gelang ${name}`, 32))
  const cipherKey = derived('conceal')
  const nonceKey = derived('conceal nonce')
  return {
    conceal(context, text) {
      const nonce = createHmac('sha256', nonceKey)
        .update(`${context.length} ${context}${text}`)
        .digest()
        .subarray(0, NONCE_BYTES)
      const cipher = createCipheriv('aes-256-gcm', cipherKey, nonce).setAAD(Buffer.from(context))
      const sealed = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return Buffer.concat([nonce, cipher.getAuthTag(), sealed]).toString('base64url')
    },
    reveal(context, concealed) {
      const bytes = Buffer.from(concealed, 'base64url')
      if (bytes.length < NONCE_BYTES + TAG_BYTES) return undefined
      const decipher = createDecipheriv('aes-256-gcm', cipherKey, bytes.subarray(0, NONCE_BYTES))
        .setAAD(Buffer.from(context))
        .setAuthTag(bytes.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES))
      const opened = decipher.update(bytes.subarray(NONCE_BYTES + TAG_BYTES))
      try {
        return Buffer.concat([opened, decipher.final()]).toString()
      } catch (error) {
        if (!/authenticate data/.test((error as Error).message)) throw error
        return undefined
      }
    },
  }
}
