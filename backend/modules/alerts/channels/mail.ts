import type { Message } from './message.ts'

export interface MailOptions {
  /** `smtps://user:password@host:465` or `smtp://host:587`. */
  readonly smtpUrl: string
  readonly from: string
  /** Whose part after the @ names our messages. */
  readonly publicUrl: string
}

export type SendMail = (message: Message, to: readonly string[]) => Promise<void>

const timeoutMs = 20_000
const priorities = { critical: 'high', warning: 'normal', info: 'low' } as const

/** E-mail by the mail server of the installation. */
export function createMail({ smtpUrl, from, publicUrl }: MailOptions): SendMail {
  const { hostname } = new URL(publicUrl)
  return async (message, to) => {
    // Loaded with the first mail: most processes never send one.
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      url: smtpUrl,
      connectionTimeout: timeoutMs,
      greetingTimeout: timeoutMs,
      socketTimeout: timeoutMs,
      // Nothing of a message may come from a file or another server.
      disableFileAccess: true,
      disableUrlAccess: true,
    })
    try {
      await transport.sendMail({
        from,
        to: [...to],
        subject: message.title,
        text: message.text,
        date: message.at,
        // The same for each try, so that mail systems recognise a repetition.
        messageId: `<${message.id}@${hostname}>`,
        priority: priorities[message.severity],
        // RFC 3834: no absence notes in answer.
        headers: { 'Auto-Submitted': 'auto-generated', 'X-Auto-Response-Suppress': 'All' },
      })
    } finally {
      transport.close()
    }
  }
}
