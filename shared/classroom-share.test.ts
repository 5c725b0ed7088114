import { describe, expect, it } from 'vitest'
import { shareAddress } from './classroom-share.ts'

const resource = {
  name: 'Working memory: 5 strategies & why',
  description: 'For the classroom.',
  shareUrl: 'https://connect.example.sch.uk/r/res_1?x=1&y=2',
  attribution: '© Oak Trust',
  license: { name: 'CC BY 4.0' },
}

describe('shareAddress', () => {
  it('fills in the address, title, credit and kind', () => {
    const url = new URL(shareAddress(resource, 'material'))

    expect(url.origin + url.pathname).toBe('https://classroom.google.com/share')
    expect(Object.fromEntries(url.searchParams)).toEqual({
      url: resource.shareUrl,
      title: resource.name,
      body: 'For the classroom.\n\n© Oak Trust · CC BY 4.0',
      itemtype: 'material',
    })
  })

  it('goes to the account and class of the open page', () => {
    const page = { account: 2, courseId: '605123456789' }

    const url = new URL(shareAddress(resource, 'assignment', page))

    expect(url.pathname).toBe('/u/2/share')
    expect(url.searchParams.get('courseid')).toBe('605123456789')
  })

  it('cuts a long description between words and keeps the credit', () => {
    const long = { ...resource, description: 'word '.repeat(400) }

    const body = new URL(shareAddress(long, 'material')).searchParams.get('body') ?? ''

    expect(body.length).toBeLessThan(450)
    expect(body).toMatch(/word…\n\n© Oak Trust · CC BY 4\.0$/)
  })
})
