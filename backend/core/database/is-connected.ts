import mongoose from 'mongoose'

/** Whether the process's one connection can be used now. */
export function isConnected(): boolean {
  return mongoose.connection.readyState === mongoose.ConnectionStates.connected
}
