import { secretOf, type Vendor } from '../vendor.ts'

/** OAuth clients of two Cloud projects: what one of them makes, the other may only read. */
export const clientId = '104729000017-edpsych.apps.googleusercontent.com'
export const otherClientId = '104729000017-other.apps.googleusercontent.com'

export const clientSecret = (vendor: Pick<Vendor, 'state'>): string =>
  secretOf(vendor, 'GOCSPX-sandbox-secret')

/** Where Classroom publishes what changes, and who pushes it on. */
export const topicName = 'projects/edpsych-sandbox/topics/classroom'
export const subscriptionName = 'projects/edpsych-sandbox/subscriptions/classroom-push'
export const pushAccount = 'classroom-push@edpsych-sandbox.iam.gserviceaccount.com'

export const hostedDomain = 'larkfield.example'
