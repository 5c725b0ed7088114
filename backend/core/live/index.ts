export { type Live, type LiveTopic, liveTopics } from './definition.ts'
export { createLive } from './live.ts'
