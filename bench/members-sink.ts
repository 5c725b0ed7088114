import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// An LMS that answers Names and Roles at once, in a process of its own: 30 people in each course, of 6,000.

const perCourse = 30
const people = 6_000

function membersOf(course: number): string {
  const members = Array.from({ length: perCourse }, (_, no) => {
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
    const course = /^\/members\/(\d+)/.exec(req.url ?? '')?.[1]
    const body = course === undefined ? token : membersOf(Number(course))
    res.writeHead(200, { 'content-type': 'application/json' }).end(body)
  })
})
server.listen(0, '127.0.0.1', () => {
  // Only a Unix socket has no port.
  const { port } = server.address() as AddressInfo
  process.stdout.write(`http://127.0.0.1:${port}\n`)
})
process.on('SIGTERM', () => process.exit(0))
