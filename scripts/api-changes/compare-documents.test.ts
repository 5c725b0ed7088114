import { describe, expect, it } from 'vitest'
import { findBreaks } from './compare-documents.ts'

type Edit = (document: ReturnType<typeof sample>) => void

/** A small API with one of everything that can be changed. */
function sample() {
  const thing: Record<string, unknown> = {
    type: 'object',
    required: ['id', 'kind'],
    properties: {
      id: { type: 'string' },
      kind: { type: 'string', enum: ['a', 'b'] },
      size: { anyOf: [{ type: 'number' }, { type: 'null' }] },
    } as Record<string, Record<string, unknown>>,
  }
  const body = {
    type: 'object',
    required: ['name'] as string[],
    properties: {
      name: { type: 'string', maxLength: 20 },
      kind: { type: 'string', enum: ['a', 'b'] },
      count: { type: ['number', 'null'] },
    } as Record<string, Record<string, unknown>>,
  }
  const list = {
    operationId: 'listThings',
    security: [{ bearer: ['things.read'] }] as Record<string, string[]>[],
    parameters: [
      {
        name: 'limit',
        in: 'query',
        required: false,
        schema: { type: 'integer', maximum: 200, default: 50 },
      },
    ] as Record<string, unknown>[],
    responses: {
      '200': {
        headers: { ETag: {} } as Record<string, unknown>,
        content: { 'application/json': { schema: { $ref: '#/components/schemas/Thing' } } },
      },
    } as Record<string, unknown>,
  }
  const create = {
    operationId: 'createThing',
    security: [{ bearer: ['things.write'] }],
    requestBody: {
      required: true,
      content: { 'application/json': { schema: { $ref: '#/components/schemas/ThingBody' } } },
    },
    responses: { '201': { content: {} } } as Record<string, unknown>,
  }
  return {
    paths: { '/things': { get: list, post: create } } as Record<
      string,
      Record<string, typeof list | typeof create>
    >,
    webhooks: {
      'thing.made': {
        post: {
          requestBody: {
            content: {
              'application/json': {
                schema: { type: 'object', properties: { id: { type: 'string' } } },
              },
            },
          },
        },
      },
    } as Record<string, unknown>,
    components: { schemas: { Thing: thing, ThingBody: body } },
    parts: { list, create, thing, body },
  }
}

function breaksOf(edit: Edit): string[] {
  const after = sample()
  edit(after)
  return findBreaks(sample(), after)
}

function properties(schema: Record<string, unknown>): Record<string, Record<string, unknown>> {
  // Made just above.
  return schema['properties'] as Record<string, Record<string, unknown>>
}

describe('what breaks a caller', () => {
  const cases: readonly [string, Edit, string][] = [
    [
      'a removed operation',
      ({ paths }) => delete paths['/things']?.['post'],
      'POST /things: removed',
    ],
    [
      'another operation id',
      ({ parts }) => {
        parts.list.operationId = 'allThings'
      },
      'GET /things: operationId listThings became allThings',
    ],
    [
      'a removed member of an answer',
      ({ parts }) => delete properties(parts.thing)['size'],
      'GET /things: 200.size: removed',
    ],
    [
      'a renamed member of an answer',
      ({ parts }) => {
        const members = properties(parts.thing)
        members['sort'] = { type: 'string' }
        delete members['kind']
        parts.thing['required'] = ['id', 'sort']
      },
      'GET /things: 200.kind: removed',
    ],
    [
      'a member that is not always there any more',
      ({ parts }) => {
        parts.thing['required'] = ['id']
      },
      'GET /things: 200.kind: no longer always there',
    ],
    [
      'another type in an answer',
      ({ parts }) => {
        properties(parts.thing)['id'] = { type: 'number' }
      },
      'GET /things: 200.id: type string became number',
    ],
    [
      'a new required member of a body',
      ({ parts }) => {
        parts.body.required.push('kind')
      },
      'POST /things: body.kind: now required',
    ],
    [
      'a removed member of a body',
      ({ parts }) => delete parts.body.properties['count'],
      'POST /things: body.count: removed',
    ],
    [
      'a narrower enum of a body',
      ({ parts }) => {
        parts.body.properties['kind'] = { type: 'string', enum: ['a'] }
      },
      'POST /things: body.kind: value "b" no longer accepted',
    ],
    [
      'a narrower type of a body',
      ({ parts }) => {
        parts.body.properties['count'] = { type: 'number' }
      },
      'POST /things: body.count: type number|null became number',
    ],
    [
      'a smaller limit of a body',
      ({ parts }) => {
        parts.body.properties['name'] = { type: 'string', maxLength: 10 }
      },
      'POST /things: body.name: maxLength 20 became 10',
    ],
    [
      'a new pattern of a body',
      ({ parts }) => {
        parts.body.properties['name'] = { type: 'string', maxLength: 20, pattern: '^a' }
      },
      'POST /things: body.name: pattern none became ^a',
    ],
    [
      'a new required parameter',
      ({ parts }) => {
        parts.list.parameters.push({ name: 'q', in: 'query', required: true, schema: {} })
      },
      'GET /things: query q now required',
    ],
    [
      'a removed parameter',
      ({ parts }) => {
        parts.list.parameters.length = 0
      },
      'GET /things: query limit removed',
    ],
    [
      'another default',
      ({ parts }) => {
        parts.list.parameters[0] = {
          name: 'limit',
          in: 'query',
          schema: { type: 'integer', maximum: 200, default: 10 },
        }
      },
      'GET /things: query limit: default 50 became 10',
    ],
    [
      'another right',
      ({ parts }) => {
        parts.list.security = [{ bearer: ['things.read', 'people.read'] }]
      },
      'GET /things: now needs the right people.read',
    ],
    [
      'a credential no longer taken',
      ({ parts }) => {
        parts.list.security = [{ session: [] }]
      },
      'GET /things: no longer takes the credential bearer',
    ],
    [
      'another status',
      ({ parts }) => {
        parts.create.responses = { '200': { content: {} } }
      },
      'POST /things: status 201 removed',
    ],
    [
      'a removed header',
      ({ parts }) => {
        parts.list.responses['200'] = { ...Object(parts.list.responses['200']), headers: {} }
      },
      'GET /things: header ETag of 200 removed',
    ],
    [
      'a removed event',
      ({ webhooks }) => delete webhooks['thing.made'],
      'event thing.made: removed',
    ],
  ]

  it.each(cases)('is %s', (_name, edit, expected) => {
    expect(breaksOf(edit)).toEqual([expected])
  })
})

describe('what breaks nobody', () => {
  const cases: readonly [string, Edit][] = [
    ['no change', () => undefined],
    [
      'a new member of an answer',
      ({ parts }) => {
        properties(parts.thing)['more'] = { type: 'string' }
      },
    ],
    [
      'a new value in an answer',
      ({ parts }) => {
        properties(parts.thing)['kind'] = { type: 'string', enum: ['a', 'b', 'c'] }
      },
    ],
    [
      'a new optional member of a body',
      ({ parts }) => {
        parts.body.properties['more'] = { type: 'string' }
      },
    ],
    [
      'a wider limit',
      ({ parts }) => {
        parts.body.properties['name'] = { type: 'string', maxLength: 30 }
      },
    ],
    [
      'a new optional parameter',
      ({ parts }) => {
        parts.list.parameters.push({ name: 'q', in: 'query', required: false, schema: {} })
      },
    ],
    [
      'a new way to show who calls',
      ({ parts }) => {
        parts.list.security.push({ oauth: ['things.read'] })
      },
    ],
    [
      'no right needed any more',
      ({ parts }) => {
        parts.list.security = [{ bearer: [] }]
      },
    ],
    [
      'a new operation',
      ({ paths, parts }) => {
        paths['/more'] = { get: parts.list }
      },
    ],
    [
      'a new refusal',
      ({ parts }) => {
        parts.list.responses['409'] = { content: {} }
      },
    ],
  ]

  it.each(cases)('is %s', (_name, edit) => {
    expect(breaksOf(edit)).toEqual([])
  })
})
