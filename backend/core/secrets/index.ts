export type { Secrets } from './definition.ts'
export { loadMasterKey } from './master-key.ts'
export { createSecrets } from './secrets.ts'
export { DataKeyModel } from './store.ts'
