export { crossOrigin } from './cross-origin.ts'
export type {
  ApiCall,
  Around,
  BearerAuthenticator,
  EndedCall,
  Gate,
  HttpOptions,
  KnownCall,
  Reply,
  RequestFacts,
} from './definition.ts'
export { guardedPathOf } from './guarded-path.ts'
export { factsOf } from './identify.ts'
export { mountContract, mountContracts, splitKey } from './mount.ts'
