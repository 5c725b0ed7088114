import { type CSSResultGroup, unsafeCSS } from 'lit'
import { ConnectElement } from '../core/connect-element.ts'
import dashboardText from './dashboard.css?inline'

/** Tiles, values, entries and tabs of the administration, over the styles every element has. */
export const dashboardStyles: CSSResultGroup = [ConnectElement.styles, unsafeCSS(dashboardText)]
