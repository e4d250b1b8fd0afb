// A message of this server's bot. Its token is part of the address that Telegram wants: it is never part of a message of ours.
import type { WayOf } from '../../model/notice/recipient.ts'
import { type Channel, NotDelivered } from './channel.ts'
import { call, notDelivered } from './post.ts'
import { REACHABLE_ALL } from './reachable.ts'

export type TelegramSettings = { url: string; token: string }

export function telegram({ url, token }: TelegramSettings): Channel<WayOf<'telegram'>> {
  return async ({ text, language }, { address }, { timeoutMs }) => {
    const { status, text: answer } = await call({
      url: new URL(`./bot${token}/sendMessage`, url.endsWith('/') ? url : `${url}/`),
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ chat_id: address, text: text[language], link_preview_options: { is_disabled: true } }),
      timeoutMs,
      reachable: REACHABLE_ALL,
    })
    if (status !== 200) throw notDelivered(status)
    if (!/^\s*\{\s*"ok"\s*:\s*true\b/.test(answer)) throw new NotDelivered('Telegram did not accept the message', true)
  }
}
