import { CONCEAL_KEY_CHARS_MIN, type Conceal, concealWith } from '../../stream/redis/conceal.ts'

/** What encrypts the addresses of recipients. Throws a sentence for a key that is too short. */
export function noticeKeyOf(key: string): Conceal {
  if (key.length < CONCEAL_KEY_CHARS_MIN)
    throw new Error(
      `GELANG_NOTICE_KEY must have ${CONCEAL_KEY_CHARS_MIN} characters or more, the same for api and notify`,
    )
  return concealWith(key)
}
