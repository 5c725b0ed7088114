import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { describe, expect, it } from 'vitest'
import { api } from '../../../shared/api/index.ts'
import { latestVersion } from '../../../shared/api/versions.ts'
import { eventTypes } from '../../../shared/events.ts'
import { describeApi } from './index.ts'
import { isJson, type Json, mapObjects } from './json.ts'

const document = describeApi(api, { version: latestVersion, serverUrl: 'https://connect.example' })
const text = JSON.stringify(document)

const ajv = new Ajv2020({ strict: false, validateSchema: false, unicodeRegExp: true })
formats.default(ajv)
ajv.addSchema(document, 'api')

function operations(): [string, Json][] {
  return Object.entries(document['paths'] as Record<string, Record<string, Json>>).flatMap(
    ([path, methods]) =>
      Object.entries(methods).map(([method, operation]): [string, Json] => [
        `${method} ${path}`,
        operation,
      ]),
  )
}

describe('the OpenAPI document', () => {
  it('describes every operation of the contracts', () => {
    expect(operations()).toHaveLength(Object.keys(api).length)
    expect(operations().length).toBeGreaterThan(100)
  })

  it('gives each operation an id that begins with a verb', () => {
    const ids = operations().map(([, { operationId }]) => String(operationId))

    expect(new Set(ids).size).toBe(ids.length)
    for (const id of ids) expect(id).toMatch(/^[a-z]+[A-Z]/)
    expect(ids).toContain('listItems')
    expect(ids).toContain('getLtiPlatform')
    expect(ids).toContain('rotateKey')
  })

  it('holds examples that its schemas accept', () => {
    const wrong: string[] = []
    let checked = 0
    mapObjects(document, (object) => {
      const { schema, example } = object
      if (!isJson(schema) || example === undefined) return object
      checked++
      const validate = ajv.compile(
        mapObjects(schema, (one) =>
          typeof one['$ref'] === 'string' ? { ...one, $ref: `api${one['$ref']}` } : one,
        ) as Json,
      )
      if (!validate(example))
        wrong.push(`${JSON.stringify(schema)}: ${ajv.errorsText(validate.errors)}`)
      return object
    })

    expect(wrong).toEqual([])
    expect(checked).toBeGreaterThan(150)
  })

  it('refers to nothing that is not there', () => {
    for (const [, path] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      let target: unknown = document
      for (const part of (path ?? '').split('/')) target = isJson(target) ? target[part] : undefined
      expect(target, path).toBeDefined()
    }
    expect(text).not.toMatch(/"\$ref":"(?!#\/)/)
  })

  it('documents refusals with their codes on every operation', () => {
    for (const [name, { responses }] of operations()) {
      expect(Object.keys(responses as Json), name).toEqual(
        expect.arrayContaining(['400', '429', '500']),
      )
    }
  })

  it('has one webhook for each event type, open to none but those who verify it', () => {
    const webhooks = document['webhooks'] as Record<string, { post: Json }>

    expect(new Set(Object.keys(webhooks))).toEqual(new Set(eventTypes))
    for (const { post } of Object.values(webhooks)) expect(post['security']).toEqual([])
  })

  it('is the same each time it is made', () => {
    const again = describeApi(api, { version: latestVersion, serverUrl: 'https://connect.example' })

    expect(JSON.stringify(again)).toBe(text)
  })
})
