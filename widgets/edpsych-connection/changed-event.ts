/** `edpsych-connection-changed`: the connection is not what it was; read it again. */
export class ConnectionChangedEvent extends Event {
  static readonly type = 'edpsych-connection-changed'

  constructor() {
    super(ConnectionChangedEvent.type, { bubbles: true, composed: true })
  }
}

declare global {
  interface HTMLElementEventMap {
    'edpsych-connection-changed': ConnectionChangedEvent
  }
}
