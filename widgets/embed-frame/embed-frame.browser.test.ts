import { afterEach, expect, it } from 'vitest'
import type { SessionGrant } from '../../shared/lti.ts'
import { expectAccessible } from '../core/testing/accessibility.ts'
import { type FakeApi, fakeApi, problem } from '../core/testing/fake-api.ts'
import { guidance } from '../core/testing/resource-fixtures.ts'
import { show, textIn } from '../core/testing/show.ts'
import { waterCycle } from '../edpsych-assessment/fixtures.ts'
import { EmbedFrameElement } from './embed-frame.ts'

function grant(target: SessionGrant['launch']['target']): SessionGrant {
  return {
    token: 'edp_embed_x',
    expiresAt: '2099-01-01T00:00:00.000Z',
    launch: {
      messageType: 'EdPsychEmbed',
      user: { id: 'visit_1', roles: ['learner'] },
      target,
      context: null,
      resourceLink: null,
      lineItem: { present: false },
      deepLinking: null,
      platformOrigin: null,
      locale: null,
      returnUrl: null,
    },
  }
}

function server(kind: 'item' | 'resource'): FakeApi {
  return fakeApi({
    'POST /embed/session': () => grant({ kind, id: `${kind}_1` }),
    'POST /api/v1/attempts': () => ({ id: 'att_1', item: waterCycle }),
    'GET /api/v1/resources/*': () => guidance,
  })
}

const inside = (element: EmbedFrameElement) => {
  const { renderRoot } = element
  const part =
    renderRoot.querySelector('edpsych-assessment') ?? renderRoot.querySelector('edpsych-resource')
  return textIn(part ?? element)
}

afterEach(() => sessionStorage.clear())

it('shows the item of the embed with the token of the visit', async () => {
  const { fetch, calls } = server('item')

  const element = await show(EmbedFrameElement, { embedId: 'emb_1', fetch })
  await expect.poll(() => inside(element)).toContain('What is water vapour?')

  expect(calls[0]?.body).toEqual({ embedId: 'emb_1' })
  expect(calls[1]?.headers.get('authorization')).toBe('Bearer edp_embed_x')
  await expectAccessible()
})

it('shows the resource of the embed', async () => {
  const { fetch } = server('resource')

  const element = await show(EmbedFrameElement, { embedId: 'emb_2', fetch })

  await expect.poll(() => inside(element)).toContain('Supporting working memory')
})

it('goes on with the same visit when the page is loaded again', async () => {
  const { fetch, calls } = server('item')
  const first = await show(EmbedFrameElement, { embedId: 'emb_1', fetch })
  await expect.poll(() => inside(first)).toContain('What is water vapour?')

  const second = await show(EmbedFrameElement, { embedId: 'emb_1', fetch })
  await expect.poll(() => inside(second)).toContain('What is water vapour?')

  expect(calls.filter(({ route }) => route === 'POST /embed/session')).toHaveLength(1)
})

it('says that the content was withdrawn', async () => {
  const { fetch } = fakeApi({
    'POST /embed/session': () => problem(404, 'not_found', 'withdrawn'),
  })

  const element = await show(EmbedFrameElement, { embedId: 'emb_1', fetch })

  await expect.poll(() => inside(element)).toContain('Its owner has withdrawn it.')
  await expectAccessible()
})

it('offers another try when the service is busy', async () => {
  let tries = 0
  const { fetch } = fakeApi({
    'POST /embed/session': () =>
      ++tries === 1
        ? problem(503, 'service_unavailable', 'busy')
        : grant({ kind: 'item', id: 'item_1' }),
    'POST /api/v1/attempts': () => ({ id: 'att_1', item: waterCycle }),
  })
  const element = await show(EmbedFrameElement, { embedId: 'emb_1', fetch })
  await expect.poll(() => inside(element)).toContain('busy')

  element.renderRoot.querySelector('button')?.click()

  await expect.poll(() => inside(element)).toContain('What is water vapour?')
})
