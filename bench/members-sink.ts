import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// An LMS that answers Names and Roles at once, in a process of its own: 30 people in each course, of 6,000.

const perCourse = Number(process.env['BENCH_PER_COURSE'] ?? '30')
const people = Number(process.env['BENCH_PEOPLE'] ?? '6000')
/** What it gives at once at most, whatever is asked for. */
const perPage = Number(process.env['BENCH_PER_PAGE'] ?? '100000')
let requests = 0

function membersOf(course: number, from: number, limit: number): string {
  const length = Math.min(limit, perCourse - from)
  const members = Array.from({ length }, (_, index) => {
    const no = from + index
    const person = (course * perCourse + no * 7) % people
    return {
      user_id: `person-${person}`,
      status: 'Active',
      given_name: `Given ${person}`,
      family_name: `Family ${person}`,
      email: `person-${person}@bench.example`,
      roles: [
        `http://purl.imsglobal.org/vocab/lis/v2/membership#${no === 0 ? 'Instructor' : 'Learner'}`,
      ],
    }
  })
  return JSON.stringify({ id: `course-${course}`, members })
}

const token = JSON.stringify({ access_token: 'bench', token_type: 'Bearer', expires_in: 3600 })

const server = createServer((req, res) => {
  req.resume()
  req.on('end', () => {
    const url = new URL(req.url ?? '/', 'http://localhost')
    const json = { 'content-type': 'application/json' }
    if (url.pathname === '/counts') {
      res.writeHead(200, json).end(JSON.stringify({ requests }))
      return
    }
    requests += 1
    const course = /^\/members\/(\d+)/.exec(url.pathname)?.[1]
    if (course === undefined) {
      res.writeHead(200, json).end(token)
      return
    }
    const from = Number(url.searchParams.get('from') ?? '0')
    const limit = Math.min(Number(url.searchParams.get('limit') ?? perPage), perPage)
    url.searchParams.set('from', String(from + limit))
    const next = `<http://${req.headers.host}${url.pathname}${url.search}>; rel="next"`
    const isLast = from + limit >= perCourse
    res
      .writeHead(200, { ...json, ...(!isLast && { link: next }) })
      .end(membersOf(Number(course), from, limit))
  })
})
server.listen(0, '127.0.0.1', () => {
  // Only a Unix socket has no port.
  const { port } = server.address() as AddressInfo
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
