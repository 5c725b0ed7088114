export type { Secrets } from './definition.ts'
export { loadMasterKey, type MasterKeySource } from './master-key.ts'
export { createSecrets, type SecretsOptions } from './secrets.ts'
export { DataKeyModel } from './store.ts'
