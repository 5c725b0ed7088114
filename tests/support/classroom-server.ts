import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const pages = join(import.meta.dirname, 'classroom-pages')

/** The two policies a class page may send; which one Google sends is not known here. */
export type TrustedTypesPolicy = 'required' | 'allow-list'

export const courseId = '605123456789'
export const otherCourseId = '605987654321'
export const classId = Buffer.from(courseId).toString('base64')
export const otherClassId = Buffer.from(otherCourseId).toString('base64')

export interface ClassroomServer {
  readonly port: number
  policy: TrustedTypesPolicy
  /** Reports the browser sent because a page's policy was broken. */
  readonly violations: string[]
  stop(): Promise<void>
}

/** Serves the synthetic Classroom pages over TLS; browsers are told that it is classroom.google.com. */
export async function startClassroomServer(): Promise<ClassroomServer> {
  const server = createServer(makeCertificate())
  const classroom: ClassroomServer = {
    port: 0,
    policy: 'allow-list',
    violations: [],
    stop: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
  server.on('request', (request, response) => answer(classroom, request, response))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  // A server that listens on a TCP port has an AddressInfo.
  return Object.assign(classroom, { port: (server.address() as AddressInfo).port })
}

function answer(
  classroom: ClassroomServer,
  request: IncomingMessage,
  response: ServerResponse,
): void {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'https://classroom.google.com')
  if (pathname === '/report') {
    request.on('data', (chunk: Buffer) => classroom.violations.push(chunk.toString()))
    response.writeHead(204).end()
    return
  }
  const asset = /^\/fixture\/(classroom\.(?:css|js))$/.exec(pathname)?.[1]
  if (asset) {
    const type = asset.endsWith('.js') ? 'text/javascript' : 'text/css'
    response.writeHead(200, { 'content-type': type }).end(readFileSync(join(pages, asset)))
    return
  }
  const nonce = randomBytes(12).toString('base64')
  const html = readFileSync(join(pages, pageFor(pathname, searchParams.get('hl'))), 'utf8')
  response
    .writeHead(200, {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': policyFor(classroom.policy, nonce),
    })
    .end(fill(html, nonce))
}

function pageFor(pathname: string, language: string | null): string {
  if (/\/share$/.test(pathname)) return 'share.html'
  if (/\/w\//.test(pathname)) return language === 'ar' ? 'classwork-arabic.html' : 'classwork.html'
  return 'stream.html'
}

function policyFor(policy: TrustedTypesPolicy, nonce: string): string {
  return [
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "object-src 'none'",
    "base-uri 'self'",
    "require-trusted-types-for 'script'",
    ...(policy === 'allow-list'
      ? ['trusted-types goog#html', "style-src 'self'", "frame-src 'self'", "connect-src 'self'"]
      : []),
    'report-uri /report',
  ].join('; ')
}

function fill(html: string, nonce: string): string {
  return html
    .replaceAll('{{nonce}}', nonce)
    .replaceAll('{{class}}', classId)
    .replaceAll('{{otherClass}}', otherClassId)
    .replaceAll('{{courseId}}', courseId)
    .replace(/\{\{noise\}\}/g, () => `c${randomBytes(4).toString('hex')}`)
}

function makeCertificate(): { key: Buffer; cert: Buffer } {
  const folder = mkdtempSync(join(tmpdir(), 'edpsych-certificate-'))
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')]
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1']
  const names = ['-addext', 'subjectAltName=DNS:classroom.google.com']
  const rest = ['-nodes', '-days', '2', '-subj', '/CN=fixture', '-keyout', key, '-out', cert]
  try {
    execFileSync('openssl', ['req', '-x509', ...curve, ...names, ...rest], { stdio: 'pipe' })
    return { key: readFileSync(key), cert: readFileSync(cert) }
  } catch (cause) {
    throw new Error('The test needs openssl to make a certificate: apt-get install openssl', {
      cause,
    })
  } finally {
    rmSync(folder, { recursive: true })
  }
}
