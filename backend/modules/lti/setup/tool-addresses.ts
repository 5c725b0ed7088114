/** The addresses of this tool. */
export interface ToolAddresses {
  readonly toolUrl: string
  readonly loginUrl: string
  readonly redirectUri: string
  readonly keysetUrl: string
  readonly deepLinkUrl: string
}

export const toolName = 'EdPsych Connect'
export const toolDescription =
  'Assessments and learning resources in your courses, with results in the gradebook.'

export function toolAddresses(publicUrl: string): ToolAddresses {
  return {
    toolUrl: `${publicUrl}/lti`,
    loginUrl: `${publicUrl}/lti/login`,
    redirectUri: `${publicUrl}/lti/launch`,
    keysetUrl: `${publicUrl}/lti/jwks`,
    deepLinkUrl: `${publicUrl}/lti`,
  }
}
