export { createDeprecationGate, deprecationHeaders } from './deprecation.ts'
export { versionGate, versionOf } from './negotiate.ts'
export { createTransforms, transforms } from './transform.ts'
