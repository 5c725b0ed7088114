import type { HostilePlatform, ScoreReply, ServiceRequest } from './hostile-platform.ts'

export interface Column {
  readonly url: string
  readonly body: Record<string, unknown>
  readonly scores: Record<string, unknown>[]
}

export interface Gradebook {
  readonly columns: Column[]
  /** Every request of the services, in order: `POST /lineitems`. */
  readonly requests: string[]
  /** Answers before the normal ones. */
  readonly replies: ScoreReply[]
  readonly lineItemsUrl: string
  /** Adds a column as a teacher would, for a link or by itself. */
  add(body: Record<string, unknown>): Column
  remove(column: Column): void
}

const lineItemMedia = 'application/vnd.ims.lis.v2.lineitem+json'
const listMedia = 'application/vnd.ims.lis.v2.lineitemcontainer+json'
const resultMedia = 'application/vnd.ims.lis.v2.resultcontainer+json'

/** A gradebook of a platform by LTI-AGS 2.0: columns, scores and results, with Moodle's query in each address. */
export function serveGradebook(platform: HostilePlatform): Gradebook {
  const columns: Column[] = []
  const requests: string[] = []
  const replies: ScoreReply[] = []
  const lineItemsUrl = `${platform.origin}/lineitems?type_id=3`
  let made = 0

  function answer(request: ServiceRequest, usual: () => ScoreReply): ScoreReply {
    requests.push(`${request.method} ${request.url.pathname}`)
    return replies.shift() ?? usual()
  }

  function add(body: Record<string, unknown>): Column {
    made += 1
    const path = `/lineitems/${made}/lineitem`
    const url = `${platform.origin}${path}?type_id=3`
    const column: Column = { url, body: { ...body, id: url }, scores: [] }
    columns.push(column)
    platform.services.set(path, (request) => answer(request, () => answerColumn(column, request)))
    platform.services.set(`${path}/scores`, (request) =>
      answer(request, () => answerScore(column, request)),
    )
    platform.services.set(`${path}/results`, (request) =>
      answer(request, () => ({
        status: 200,
        headers: { 'content-type': resultMedia },
        body: JSON.stringify(resultsOf(column)),
      })),
    )
    return column
  }

  function remove(column: Column): void {
    columns.splice(columns.indexOf(column), 1)
    const { pathname } = new URL(column.url)
    for (const path of [pathname, `${pathname}/scores`, `${pathname}/results`]) {
      platform.services.set(path, (request) => answer(request, () => ({ status: 404 })))
    }
  }

  function answerColumn(column: Column, { method, body }: ServiceRequest): ScoreReply {
    if (method === 'DELETE') {
      remove(column)
      return { status: 204 }
    }
    if (method === 'PUT') {
      const next = JSON.parse(body)
      if ('id' in next) return { status: 400, body: 'id is not allowed' }
      for (const name of Object.keys(column.body)) delete column.body[name]
      Object.assign(column.body, next, { id: column.url })
    }
    return {
      status: 200,
      headers: { 'content-type': lineItemMedia },
      body: JSON.stringify(column.body),
    }
  }

  platform.services.set('/lineitems', (request) =>
    answer(request, () => {
      if (request.method === 'POST') {
        const column = add(JSON.parse(request.body))
        return { status: 201, body: JSON.stringify(column.body) }
      }
      const { searchParams } = request.url
      const wanted = columns.filter(({ body }) =>
        [
          ['resource_id', 'resourceId'],
          ['resource_link_id', 'resourceLinkId'],
          ['tag', 'tag'],
        ].every(([parameter = '', name = '']) => {
          const value = searchParams.get(parameter)
          return value === null || body[name] === value
        }),
      )
      return {
        status: 200,
        headers: { 'content-type': listMedia },
        body: JSON.stringify(wanted.map(({ body }) => body)),
      }
    }),
  )
  return { columns, requests, replies, lineItemsUrl, add, remove }
}

/** §3.4.4: only a newer score of a person is taken. */
function answerScore(column: Column, { body }: ServiceRequest): ScoreReply {
  const score = JSON.parse(body)
  const isNewer = column.scores
    .filter(({ userId }) => userId === score.userId)
    .every(({ timestamp }) => Date.parse(String(timestamp)) < Date.parse(score.timestamp))
  if (!isNewer) return { status: 409, body: '[]' }
  column.scores.push(score)
  return { status: 200 }
}

/** What each person's last score shows in a column of this greatest score. */
export function resultsOf({ url, body, scores }: Column) {
  const last = new Map(scores.map((score) => [score['userId'], score]))
  const maximum = Number(body['scoreMaximum'])
  return [...last.values()].map((score) => ({
    id: `${url}/results/${score['userId']}`,
    scoreOf: url,
    userId: score['userId'],
    ...(score['scoreGiven'] === undefined
      ? {}
      : {
          resultScore: (Number(score['scoreGiven']) / Number(score['scoreMaximum'])) * maximum,
          resultMaximum: maximum,
        }),
    ...(score['comment'] === undefined ? {} : { comment: score['comment'] }),
  }))
}
