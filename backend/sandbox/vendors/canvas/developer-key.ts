import { secretOf, type Vendor } from '../vendor.ts'

export const clientId = '10000000000007'
export const clientSecret = (vendor: Vendor): string =>
  secretOf(vendor, 'canvas-test-developer-key-secret')

/** The administrator who consents. */
export const administrator = { id: 2, name: 'Sam Sysadmin' }
