import type { Page } from 'playwright'

/** Calls the API as whoever is signed in on the page, for what a test needs to be there. */
export async function callApi(
  page: Page,
  method: 'POST' | 'GET',
  path: string,
  body?: object,
): Promise<Record<string, unknown>> {
  const answer = await page.evaluate(`(async () => {
    const { csrfToken } = await (await fetch('/api/v1/session')).json()
    const tenant = sessionStorage.getItem('edpsych-tenant')
    const answer = await fetch('${path}', {
      method: '${method}',
      headers: {
        'content-type': 'application/json',
        'x-edpsych-csrf': csrfToken,
        ...(tenant ? { 'edpsych-tenant': tenant } : {}),
      },
      ${body ? `body: ${JSON.stringify(JSON.stringify(body))},` : ''}
    })
    if (!answer.ok) throw new Error(answer.status + ' ' + (await answer.text()))
    return answer.json()
  })()`)
  // Every answer of the API that tests ask for is an object.
  return answer as Record<string, unknown>
}
