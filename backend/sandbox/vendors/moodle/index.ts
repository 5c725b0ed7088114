import express, { type Request, type Response, type Router } from 'express'
import { frontPage, secretOf, type Vendor, type VendorDefinition } from '../vendor.ts'
import { functions } from './functions.ts'
import { MoodleError } from './moodle-error.ts'

const token = 'a5d1f0c27b3e4d6895f1a2b3c4d5e6f7'

/** Moodle 4.5 with the REST web service switched on. */
export const moodle: VendorDefinition = {
  id: 'moodle',
  name: 'Moodle',
  summary: 'A Moodle 4.5 site with REST web services and a token for a service account.',
  dials: [
    'down',
    'dropped',
    'lying',
    'rateLimited',
    'slowMs',
    'requestsPerMinute',
    'retryAfterSeconds',
    'expiredCredentials',
    'changedSchema',
    'missingRowsPercent',
    'clockSkewSeconds',
    'users',
    'day',
  ],
  paste: (vendor) => [
    { label: 'Site address', value: vendor.baseUrl },
    { label: 'Web service token', value: secretOf(vendor, token) },
  ],
  routes,
  down: frontPage(
    503,
    'Site is undergoing maintenance',
    'Larkfield Academy is being upgraded and is not available at the moment.',
  ),
  lying: frontPage(200, 'Error', 'Coding error detected, it must be fixed by a programmer.'),
  // Moodle has no limit of its own: this is the web server in front of it.
  rateLimited: () => frontPage(429, '429 Too Many Requests', 'nginx'),
}

function routes(vendor: Vendor): Router {
  const router = express.Router()
  router.use(express.urlencoded({ extended: false, limit: '1mb' }))
  router.all('/webservice/rest/server.php', (req, res) => serve(vendor, req, res))
  router.use((_req, res) => void res.status(404).type('html').send('<h1>Not Found</h1>'))
  return router
}

function serve(vendor: Vendor, req: Request, res: Response): void {
  const given: Record<string, unknown> = { ...req.query, ...req.body }
  const parameters = new Map(Object.entries(given).map(([name, value]) => [name, String(value)]))
  // Moodle answers exceptions with 200 as well.
  res.set('Cache-Control', 'private, must-revalidate, pre-check=0, post-check=0, max-age=0')
  if (parameters.get('moodlewsrestformat') !== 'json') {
    res.type('xml').send(xmlException('moodlewsrestformat'))
    return
  }
  try {
    res.json(answer(vendor, parameters))
  } catch (error) {
    if (!(error instanceof MoodleError)) throw error
    res.json({ exception: error.exception, errorcode: error.errorcode, message: error.message })
  }
}

function answer(vendor: Vendor, parameters: ReadonlyMap<string, string>): unknown {
  const { dials } = vendor.state
  if (parameters.get('wstoken') !== secretOf(vendor, token)) {
    throw new MoodleError(
      'core\\exception\\moodle_exception',
      'invalidtoken',
      'Invalid token - token not found',
    )
  }
  // Why a token no longer counts is told in debug mode only.
  if (dials.expiredCredentials) throw accessException()
  const name = parameters.get('wsfunction') ?? ''
  const run = Object.hasOwn(functions, name) ? functions[name] : undefined
  if (!run) {
    throw new MoodleError(
      'dml_missing_record_exception',
      'invalidrecord',
      "Can't find data record in database table external_functions.",
    )
  }
  return run(vendor, parameters)
}

const accessException = () =>
  new MoodleError('webservice_access_exception', 'accessexception', 'Access control exception')

const xmlException = (parameter: string): string =>
  `<?xml version="1.0" encoding="UTF-8" ?>\n<EXCEPTION class="invalid_parameter_exception"><ERRORCODE>invalidparameter</ERRORCODE><MESSAGE>Invalid parameter value detected (${parameter})</MESSAGE></EXCEPTION>`
