import { msg } from '@lit/localize'

export const opening = () => msg('Opening your activity …', { id: 'lti-opening' })
export const notOpened = () => msg('The activity could not be opened', { id: 'lti-not-opened' })
export const returning = () => msg('Going back to your course …', { id: 'lti-returning' })
