import type { Message } from './message.ts'

const colours = { critical: 'Attention', warning: 'Warning', info: 'Accent' } as const
const marks = { critical: '🔴', warning: '🟠', info: '🔵' } as const
const mostText = 2800

/** Standard Webhooks 1.0.0: type, timestamp and data. */
export function webhookBody(message: Message): string {
  const { id, kind, at, severity, title, text, link, isOver, problemCount, problems } = message
  return JSON.stringify({
    type: `alert.${kind}`,
    timestamp: at.toISOString(),
    data: { alertId: id, severity, title, text, url: link, isOver, problemCount, problems },
  })
}

/** An Adaptive Card in the envelope that a Workflow of Microsoft Teams expects. */
export function teamsBody({ title, text, link, severity, isOver }: Message): string {
  const paragraphs = paragraphsOf(text, link)
  return JSON.stringify({
    type: 'message',
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          body: [
            {
              type: 'TextBlock',
              size: 'Medium',
              weight: 'Bolder',
              wrap: true,
              color: isOver ? 'Good' : colours[severity],
              text: plainForCards(title),
            },
            ...paragraphs.map((paragraph) => ({
              type: 'TextBlock',
              wrap: true,
              // Cards make a list of lines only with two breaks.
              text: plainForCards(paragraph).replaceAll('\n', '\n\n'),
            })),
          ],
          actions: [{ type: 'Action.OpenUrl', title: 'Open', url: link }],
        },
      },
    ],
  })
}

/** Blocks of Slack, with the text that notifications show. */
export function slackBody({ title, text, link, severity, isOver }: Message): string {
  const mark = isOver ? '🟢' : marks[severity]
  return JSON.stringify({
    text: plainForSlack(`${mark} ${title}`),
    blocks: [
      {
        type: 'header',
        text: { type: 'plain_text', text: `${mark} ${title}`.slice(0, 150), emoji: true },
      },
      ...paragraphsOf(text, link).map((paragraph) => ({
        type: 'section',
        text: { type: 'mrkdwn', text: plainForSlack(paragraph) },
      })),
      {
        type: 'actions',
        elements: [{ type: 'button', text: { type: 'plain_text', text: 'Open' }, url: link }],
      },
    ],
  })
}

/** Without the address at the end, which is a button here; at most as long as both take it. */
function paragraphsOf(text: string, link: string): string[] {
  const short = text.length > mostText ? `${text.slice(0, mostText)}…` : text
  return short.split('\n\n').filter((paragraph) => paragraph !== link && paragraph !== '')
}

/** Names may hold what a card would read as formatting or as a link. */
function plainForCards(text: string): string {
  return text.replace(/[\\`*_[\]]/g, '\\$&')
}

/** Slack: three characters make links and mentions. */
function plainForSlack(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
