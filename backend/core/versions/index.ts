export { createDeprecationGate, deprecationHeaders } from './deprecation.ts'
export { versionGate, versionOf } from './negotiate.ts'
export { transforms } from './transform.ts'
