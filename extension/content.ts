import './no-trusted-types.ts'
import { browser } from './browser.ts'
import { runFeatures } from './feature.ts'
import { classroomLauncher } from './features/classroom-launcher.ts'
import { type ClassPageReply, classPageQuestion, isRecord } from './messages.ts'
import { send } from './send.ts'
import { readClassPage } from './sites/google-classroom.ts'

runFeatures([classroomLauncher], { client: send, signal: new AbortController().signal })

browser.runtime.onMessage.addListener(
  (message: unknown, sender, reply: (answer: ClassPageReply) => void) => {
    const isAsked = isRecord(message) && message['type'] === classPageQuestion.type
    const page = isAsked && sender.id === browser.runtime.id && readClassPage(location.href)
    reply(page || null)
    return true
  },
)
