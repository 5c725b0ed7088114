import { unsafeCSS } from 'lit'
import primitivesText from './primitives.css?inline'
import tokensText from './tokens.css?inline'

/** Colours, spaces and sizes as `--ep-*`, each with its `--edpsych-*` override; light, dark, high contrast. */
export const tokens = unsafeCSS(tokensText)

/** Buttons, fields, cards, notices, spinner, empty state and dialog over native elements. */
export const primitives = unsafeCSS(primitivesText)
