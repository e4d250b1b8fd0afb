// What the channels need, from the settings; an address or a template that cannot be used is refused at the start, with the
// variable's name and without its value.
import type { ChannelSettings } from '../../notify/channels/open-channels.ts'
import { readGatewayTemplate } from '../../notify/channels/read-gateway-template.ts'
import type { Settings } from '../process/settings.ts'

/** Throws a sentence that names the variable. */
export function channelSettingsOf(settings: Settings): ChannelSettings {
  const { smtpUrl, mailFrom, vapidPublicKey, vapidPrivateKey, vapidContact, telegramToken } = settings
  const { smsGateway, whatsappGateway } = settings
  return {
    networks: settings.notifyNetworks,
    ...(smtpUrl === undefined
      ? {}
      : {
          mail: {
            url: smtpAddress(smtpUrl),
            from: together(mailFrom, 'GELANG_MAIL_FROM', 'GELANG_SMTP_URL'),
            requireTls: !settings.smtpPlain,
          },
        }),
    ...(vapidPrivateKey === undefined
      ? {}
      : {
          vapid: {
            privateKey: vapidPrivateKey,
            publicKey: together(vapidPublicKey, 'GELANG_VAPID_PUBLIC_KEY', 'GELANG_VAPID_PRIVATE_KEY'),
            contact: together(vapidContact, 'GELANG_VAPID_CONTACT', 'GELANG_VAPID_PRIVATE_KEY'),
          },
        }),
    ...(telegramToken === undefined ? {} : { telegram: { token: telegramToken, url: settings.telegramUrl } }),
    ...(smsGateway === undefined ? {} : { sms: readGatewayTemplate(smsGateway, 'GELANG_SMS_GATEWAY') }),
    ...(whatsappGateway === undefined
      ? {}
      : { whatsapp: readGatewayTemplate(whatsappGateway, 'GELANG_WHATSAPP_GATEWAY') }),
  }
}

function together(value: string | undefined, name: string, other: string): string {
  if (value === undefined || value === '') throw new Error(`${other} needs ${name} too`)
  return value
}

function smtpAddress(url: string): string {
  if (!URL.canParse(url) || !['smtp:', 'smtps:'].includes(new URL(url).protocol))
    throw new Error('GELANG_SMTP_URL must begin with smtp:// or smtps://')
  return url
}
