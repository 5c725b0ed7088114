import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest'
import { manifestFor } from '../../extension/manifest.ts'
import {
  type ClassroomServer,
  classId,
  courseId,
  startClassroomServer,
} from '../support/classroom-server.ts'
import { type FakeEdPsych, resource, startFakeEdPsych } from '../support/fake-edpsych.ts'
import { type Firefox, findFirefox, launchFirefox } from '../support/firefox.ts'

const executable = findFirefox()
const addonId = manifestFor('firefox', '0').browser_specific_settings.gecko.id

describe.skipIf(!executable)(
  'in stock Firefox (skipped where FIREFOX or firefox is absent)',
  () => {
    let classroom: ClassroomServer
    let edpsych: FakeEdPsych
    let firefox: Firefox

    beforeAll(async () => {
      classroom = await startClassroomServer()
      edpsych = await startFakeEdPsych()
      edpsych.codes.add('ABCD-EFGH')
      edpsych.resources = [resource('res_1', { name: 'Paired reading at home' })]
      const extension = join(inject('extensionBuilds').production, 'firefox')
      firefox = await launchFirefox(executable ?? '', {
        extension,
        addonId,
        classroomPort: classroom.port,
      })
    })
    afterAll(async () => {
      await firefox.close()
      await edpsych.stop()
      await classroom.stop()
    })

    it('pairs, opens from a class page and shares to that class', async () => {
      const options = await firefox.tabAt(`${firefox.extensionOrigin}/options/`)
      await firefox.until(options, `!!${form}`)
      await firefox.evaluate(options, type('#server', edpsych.origin))
      await firefox.evaluate(options, type('#code', 'ABCD-EFGH'))
      await clickOn(options, `${form}?.querySelector('form .button')`)
      await firefox.until(options, `${page}?.textContent.includes('Harbour Learning Trust')`)
      expect(edpsych.tokens.size).toBe(1)

      const lesson = await firefox.open(`https://classroom.google.com/u/1/c/${classId}`)
      await firefox.until(lesson, `!!document.querySelector('edpsych-launcher')`)
      expect(await firefox.evaluate(lesson, launcherRoot)).toBe(null)
      const [width, height] = (await firefox.evaluate(
        lesson,
        '[innerWidth, innerHeight]',
      )) as number[]
      await firefox.click(lesson, { x: (width ?? 0) - 60, y: (height ?? 0) - 48 })

      const panel = await firefox.tabAt(`${firefox.extensionOrigin}/sidepanel/`)
      await firefox.until(panel, `!!${library}?.querySelector('.class[data-open]')`)
      await clickOn(panel, `${library}?.querySelector('.share')`)
      const share = await firefox.tabAt('https://classroom.google.com/u/1/share?')

      const shared = new URL(String(await firefox.evaluate(share, 'location.href')))
      expect(shared.searchParams.get('title')).toBe('Paired reading at home')
      expect(shared.searchParams.get('courseid')).toBe(courseId)
      expect(classroom.violations).toEqual([])
    })

    it('takes the button away when the page moves on', async () => {
      const lesson = await firefox.open(`https://classroom.google.com/c/${classId}`)
      await firefox.until(lesson, `!!document.querySelector('edpsych-launcher')`)

      await firefox.evaluate(lesson, `fixture.go('/h')`)

      await firefox.until(lesson, `!document.querySelector('edpsych-launcher')`)
    })

    async function clickOn(tab: string, element: string): Promise<void> {
      await firefox.until(tab, `!!${element}`)
      const centre = `(({ x, y, width, height }) => [x + width / 2, y + height / 2])(
      (${element}.scrollIntoView({ block: 'center' }), ${element}.getBoundingClientRect()))`
      const [x, y] = (await firefox.evaluate(tab, centre)) as number[]
      await firefox.click(tab, { x: x ?? 0, y: y ?? 0 })
    }
  },
)

const page = `document.querySelector('edpsych-pairing')?.shadowRoot`
const form = `${page}?.querySelector('edpsych-pairing-form')?.shadowRoot`
const library = `document.querySelector('edpsych-library-panel')?.shadowRoot`
const launcherRoot = `document.querySelector('edpsych-launcher').shadowRoot`

function type(selector: string, text: string): string {
  return `(() => {
    const input = ${form}.querySelector('${selector}')
    input.value = '${text}'
    input.dispatchEvent(new Event('input'))
  })()`
}
