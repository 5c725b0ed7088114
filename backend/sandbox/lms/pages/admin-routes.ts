import express, { type Router } from 'express'
import { changeFaults, noFaults } from '../faults.ts'
import { rotateKey } from '../keys.ts'
import { findTool, type Lms } from '../lms.ts'
import { openRegistration } from '../protocol/dynamic-registration.ts'
import { recordOf } from '../protocol/log-step.ts'
import { pathText } from '../query.ts'
import { Refusal } from '../refusal.ts'
import { changeSettings } from '../settings.ts'
import { resetContent } from '../state.ts'
import { registerTool, removeTool } from '../tool-registration.ts'
import { isWebUrl } from '../web-url.ts'
import { logPage } from './log.ts'
import { initiationUrl, registrationPage } from './registration.ts'
import { sendPage } from './send-page.ts'
import { storageFramePage } from './storage-frame.ts'
import { faultsFromForm, settingsFromForm, switchesPage } from './switches.ts'
import { toolsPage } from './tools.ts'
import { href, visitOf } from './visit.ts'

/** The pages that set up the LMS: tools, switches, request log. */
export function adminRoutes(lms: Lms): Router {
  const router = express.Router()

  router.get('/tools', (req, res) => sendPage(lms, res, toolsPage(visitOf(lms, req))))
  router.get('/faults', (req, res) => sendPage(lms, res, switchesPage(visitOf(lms, req))))
  router.get('/log', (req, res) => sendPage(lms, res, logPage(visitOf(lms, req))))

  router.post('/tools', async (req, res) => {
    const tool = registerTool(lms, recordOf(req.body))
    await lms.changed()
    res.redirect(303, href(visitOf(lms, req), '/tools', { notice: `Registered: ${tool.name}.` }))
  })

  router.get('/storage-frame', (_req, res) => sendPage(lms, res, storageFramePage(lms)))
  router.post('/tools/registration', async (req, res) => {
    const { registrationUrl, update } = recordOf(req.body)
    if (!isWebUrl(registrationUrl)) {
      throw new Refusal(400, 'invalid_tool', 'Please enter a complete web address.')
    }
    const tool = update ? findTool(lms, String(update)) : undefined
    const token = openRegistration(lms, tool?.id)
    await lms.changed()
    const src = initiationUrl(lms, registrationUrl, token)
    sendPage(lms, res, registrationPage(visitOf(lms, req), src), [new URL(src).origin])
  })

  router.post('/tools/:toolId/delete', async (req, res) => {
    const tool = findTool(lms, pathText(req, 'toolId'))
    removeTool(lms, tool)
    await lms.changed()
    res.redirect(303, href(visitOf(lms, req), '/tools', { notice: `Removed: ${tool.name}.` }))
  })

  router.post('/faults', async (req, res) => {
    const form = recordOf(req.body)
    lms.state.faults =
      form['clear'] === undefined
        ? changeFaults(lms.state.faults, faultsFromForm(form))
        : noFaults()
    await lms.changed()
    res.redirect(303, href(visitOf(lms, req), '/faults', { notice: 'The faults are set.' }))
  })

  router.post('/settings', async (req, res) => {
    const change = settingsFromForm(recordOf(req.body))
    lms.state.settings = changeSettings(lms.state.settings, change)
    await lms.changed()
    res.redirect(303, href(visitOf(lms, req), '/faults', { notice: 'The behaviour is set.' }))
  })

  router.post('/keys/rotate', async (req, res) => {
    await rotateKey(lms)
    res.redirect(
      303,
      href(visitOf(lms, req), '/faults', { notice: 'A new key signs from now on.' }),
    )
  })

  router.post('/reset', async (req, res) => {
    resetContent(lms.state)
    lms.requests.clear()
    await lms.changed()
    res.redirect(303, href(visitOf(lms, req), '/', { notice: 'The LMS was reset.' }))
  })

  return router
}
