import { z } from 'zod'
import { describeEvents, EventId } from './description.ts'

const key = 'key_01kfr3r7m5p8s1v4x6z9b2d4fg'
const links = { key: '/api/v1/keys/:keyId' } as const

export const keyEvents = describeEvents({
  'key.created': {
    title: 'API key created',
    description: 'An API key was made for this organisation.',
    schema: z.object({ keyId: EventId }),
    example: { keyId: key },
    personalData: false,
    subject: 'keyId',
    links,
  },
  'key.rotated': {
    title: 'API key rotated',
    description: 'An API key got a new secret. The one before works until `previousUntil`.',
    schema: z.object({ keyId: EventId, previousUntil: z.iso.datetime() }),
    example: { keyId: key, previousUntil: '2026-11-24T09:00:00.000Z' },
    personalData: false,
    subject: 'keyId',
    links,
  },
  'key.revoked': {
    title: 'API key revoked',
    description: 'An API key was withdrawn. It stops working within a second.',
    schema: z.object({ keyId: EventId }),
    example: { keyId: key },
    personalData: false,
    subject: 'keyId',
    links,
  },
})
