// All channels of this installation behind one function. One that is not set up takes nothing, and says so.
import { Networks } from '../../model/networks.ts'
import type { ChannelName, Way, WayOf } from '../../model/notice/recipient.ts'
import { type Attempt, type Channel, NotDelivered } from './channel.ts'
import { email, type MailSettings } from './email.ts'
import { type GatewayTemplate, httpGateway } from './http-gateway.ts'
import type { Message } from './message.ts'
import { reachableBut } from './reachable.ts'
import { type TelegramSettings, telegram } from './telegram.ts'
import { type VapidKeys, webPushChannel } from './web-push.ts'
import { webhook } from './webhook.ts'

export type ChannelSettings = {
  /** Private networks that addresses entered on a page may lead to, in CIDR notation. */
  networks?: readonly string[]
  mail?: MailSettings
  vapid?: VapidKeys
  telegram?: TelegramSettings
  sms?: GatewayTemplate
  whatsapp?: GatewayTemplate
}

/** One attempt by a way; throws NotDelivered where the other side did not accept the alert. */
export type Deliver = (message: Message, way: Way, attempt: Attempt) => Promise<void>

type Channels = { readonly [N in ChannelName]: Channel<WayOf<N>> | undefined }

export function openChannels(settings: ChannelSettings): Deliver {
  const channels = channelsOf(settings)
  return (message, way, attempt) => byChannel(channels, message, way, attempt)
}

/** The channels that are set up. */
export function channelNames(settings: ChannelSettings): ChannelName[] {
  return Object.entries(channelsOf(settings))
    .filter(([, channel]) => channel !== undefined)
    .map(([name]) => name as ChannelName)
}

function channelsOf({ networks = [], mail, vapid, telegram: bot, sms, whatsapp }: ChannelSettings): Channels {
  const reachable = reachableBut(new Networks(networks))
  return {
    webhook: webhook(reachable),
    email: mail && email(mail),
    web_push: vapid && webPushChannel(vapid, reachable),
    telegram: bot && telegram(bot),
    sms: sms && httpGateway(sms),
    whatsapp: whatsapp && httpGateway(whatsapp),
  }
}

async function byChannel<N extends ChannelName>(
  channels: Channels,
  message: Message,
  way: WayOf<N> & { channel: N },
  attempt: Attempt,
): Promise<void> {
  const channel = channels[way.channel] as Channel<WayOf<N>> | undefined
  if (channel === undefined) throw new NotDelivered(`the channel ${way.channel} is not set up on this server`, false)
  await channel(message, way, attempt)
}
