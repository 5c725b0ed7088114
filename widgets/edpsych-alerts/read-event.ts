/** `edpsych-alert-read`: somebody has read an alert, so that counts of unread ones are out of date. */
export class AlertReadEvent extends Event {
  static readonly type = 'edpsych-alert-read'

  constructor() {
    super(AlertReadEvent.type, { bubbles: true, composed: true })
  }
}
