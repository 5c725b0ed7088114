/**
 * Hides Trusted Types from this content script's own world. A page that sends
 * `trusted-types <list>` makes lit-html throw while it loads, because its policy is not listed;
 * content scripts are not bound by that list, only `createPolicy` is. Must be imported first.
 */
Object.defineProperty(globalThis, 'trustedTypes', { value: undefined, configurable: true })
