import { darkEnough, lightEnough, shade } from '../../../shared/settings/colour.ts'
import type { LiveSettings } from './live-settings.ts'

/** How an organisation looks in widgets. */
export interface Branding {
  readonly name: string
  /** Address of the logo; null: none. */
  readonly logoUrl: string | null
  /** Address of the stylesheet that sets the widgets' colours; null: the product's own. */
  readonly stylesheetUrl: string | null
}

export async function brandingOf(tenantId: string, live: LiveSettings): Promise<Branding> {
  const [name, colour, logo] = await Promise.all([
    live.get(tenantId, 'branding.name'),
    live.get(tenantId, 'branding.colour'),
    live.get(tenantId, 'branding.logo'),
  ])
  return {
    name,
    logoUrl: logo === null ? null : `/branding/${tenantId}/logo`,
    stylesheetUrl: colour === null ? null : `/branding/${tenantId}.css`,
  }
}

/** The page behind widgets in dark mode, as `tokens.css` has it. */
const darkPage = '#121126'

/** Custom properties that carry one colour through all widgets, readable on light and dark pages. */
export function brandingStylesheet(colour: string): string {
  const light = darkEnough(colour)
  const dark = lightEnough(colour, darkPage)
  const pairs: readonly [name: string, light: string, dark: string][] = [
    ['primary', light, dark],
    ['primary-strong', shade(light, -0.3), shade(dark, 0.35)],
    ['primary-soft', shade(light, 0.9), shade(light, -0.55)],
    ['on-primary', '#ffffff', darkPage],
    ['focus', light, dark],
  ]
  const lines = pairs.map(
    ([name, day, night]) => `  --edpsych-${name}: light-dark(${day}, ${night});`,
  )
  return `:root {\n${lines.join('\n')}\n}\n`
}

/** The image of a `data:` address that passed the definition of `branding.logo`. */
export function decodeLogo(logo: string): { readonly contentType: string; readonly bytes: Buffer } {
  const [head = '', base64 = ''] = logo.split(',', 2)
  return {
    contentType: head.replace(/^data:|;base64$/g, ''),
    bytes: Buffer.from(base64, 'base64'),
  }
}
