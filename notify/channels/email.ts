// E-mail by SMTP. The connection is encrypted unless the setting allows otherwise; the id of the message is the delivery's, so that
// a mail program shows one that came twice once.
import { createHash } from 'node:crypto'
import { createTransport } from 'nodemailer'
import type { WayOf } from '../../model/notice/recipient.ts'
import { type Channel, NotDelivered } from './channel.ts'

export type MailSettings = {
  /** smtp:// or smtps://, with user and password. */
  url: string
  from: string
  /** False only for a server on the same machine. */
  requireTls: boolean
}

type SmtpError = Error & { responseCode?: number; code?: string }

export function email({ url, from, requireTls }: MailSettings): Channel<WayOf<'email'>> {
  const domain = from.slice(from.lastIndexOf('@') + 1).replace(/>$/, '')
  return async ({ alert, subject, text, language }, { address }, { deliveryId, timeoutMs }) => {
    const transport = createTransport({
      url,
      requireTLS: requireTls,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    const local = createHash('sha256').update(deliveryId).digest('hex').slice(0, 40)
    try {
      await transport.sendMail({
        from,
        to: { name: '', address },
        subject: subject[language],
        text: `${text[language]}\n\n${text[language === 'id' ? 'en' : 'id']}\n`,
        messageId: `<${local}@${domain}>`,
        headers: {
          'auto-submitted': 'auto-generated',
          'x-gelang-reference': alert.reference,
          ...(alert.severity === 'kritis' ? { importance: 'high', 'x-priority': '1' } : {}),
        },
      })
    } catch (error) {
      const { responseCode, code } = error as SmtpError
      if (responseCode === undefined && code === undefined) throw error
      // 5xx refuses this message for good (RFC 5321, 4.2.1); but a refused login is mended by whoever runs the server.
      const never = responseCode !== undefined && responseCode >= 500 && code !== 'EAUTH'
      throw new NotDelivered(
        `the mail server ${responseCode === undefined ? `cannot be reached: ${code}` : `answered ${responseCode}`}`,
        !never,
      )
    } finally {
      transport.close()
    }
  }
}
