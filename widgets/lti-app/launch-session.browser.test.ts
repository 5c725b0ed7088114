import { afterEach, describe, expect, it } from 'vitest'
import { fakeApi } from '../core/testing/fake-api.ts'
import { openSession, readEntrance } from './launch-session.ts'

const grant = { token: 'edp_launch_x', expiresAt: '2099-01-01T00:00:00.000Z', launch: {} }

function place(hash: string, state: unknown = null) {
  const replaced: { state: unknown; url: string }[] = []
  return {
    location: { hash, pathname: '/lti/app', search: '' },
    history: {
      state,
      replaceState: (next: unknown, _: string, url: string) => replaced.push({ state: next, url }),
    },
    replaced,
  }
}

afterEach(() => sessionStorage.clear())

describe('the code of the launch', () => {
  it('is taken out of the address at once', () => {
    const here = place('#code=c0de')

    const { code, key } = readEntrance(here)

    expect(code).toBe('c0de')
    expect(here.replaced).toEqual([{ state: { edpsychSession: key }, url: '/lti/app' }])
  })

  it('is exchanged for a session, which a reload of the same frame takes up', async () => {
    const { fetch, calls } = fakeApi({ 'POST /lti/session': () => grant })
    const here = place('#code=c0de')
    const session = await openSession(readEntrance(here), fetch)

    const reloaded = place('', here.replaced[0]?.state)
    const again = await openSession(readEntrance(reloaded), fetch)

    expect(calls.map(({ body }) => body)).toEqual([{ code: 'c0de' }])
    expect(again).toEqual(session)
  })

  it('gives two frames of one page two sessions', async () => {
    const { fetch } = fakeApi({ 'POST /lti/session': () => grant })

    const one = await openSession(readEntrance(place('#code=1')), fetch)
    const other = await openSession(readEntrance(place('#code=2')), fetch)

    expect(one?.id).not.toBe(other?.id)
    expect(sessionStorage).toHaveLength(2)
  })
})

it('does not take up a session that has ended', async () => {
  const ended = { ...grant, expiresAt: '2020-01-01T00:00:00.000Z' }
  const { fetch } = fakeApi({ 'POST /lti/session': () => ended })
  const here = place('#code=c0de')
  await openSession(readEntrance(here), fetch)

  const again = await openSession(readEntrance(place('', here.replaced[0]?.state)), fetch)

  expect(again).toBeUndefined()
  expect(sessionStorage).toHaveLength(0)
})
