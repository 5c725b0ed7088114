export { ApiError } from '../api/client.ts'
export {
  type ConnectClient,
  type ConnectClientOptions,
  createConnectClient,
} from './connect-client.ts'
export { type RetryOptions, retryingFetch } from './retrying-fetch.ts'
