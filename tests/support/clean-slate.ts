import mongoose from 'mongoose'
import { afterAll, vi } from 'vitest'

// The files of a worker share its modules; what one left behind must not reach the next.
const environment = { ...process.env }

afterAll(async () => {
  vi.useRealTimers()
  for (const name of Object.keys(process.env)) {
    if (!(name in environment)) delete process.env[name]
  }
  Object.assign(process.env, environment)
  // Only a file that failed leaves its connection open.
  if (mongoose.connection.readyState !== mongoose.STATES.disconnected) await mongoose.disconnect()
})
