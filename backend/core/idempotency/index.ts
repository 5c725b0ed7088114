export { createIdempotency } from './idempotency.ts'
export { IdempotencyModel } from './store.ts'
