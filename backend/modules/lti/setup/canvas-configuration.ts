import { advantageScopes } from './scopes.ts'
import { type ToolAddresses, toolDescription, toolName } from './tool-addresses.ts'

/** Where teachers find the tool in Canvas, and the message each place sends. */
export const canvasPlacements = [
  { placement: 'assignment_selection', message: 'LtiDeepLinkingRequest' },
  { placement: 'link_selection', message: 'LtiDeepLinkingRequest' },
  { placement: 'editor_button', message: 'LtiDeepLinkingRequest' },
  { placement: 'course_navigation', message: 'LtiResourceLinkRequest' },
] as const

/** What courses and links were copied from. Canvas takes custom values that are strings, and nothing else. */
export const customParameters = {
  context_id_history: '$Context.id.history',
  resource_link_id_history: '$ResourceLink.id.history',
} as const

/** The document for "Paste JSON" at a Canvas developer key of the kind LTI. */
export function canvasConfiguration(
  { toolUrl, loginUrl, keysetUrl, redirectUri, deepLinkUrl }: ToolAddresses,
  publicUrl: string,
): Record<string, unknown> {
  return {
    title: toolName,
    description: toolDescription,
    target_link_uri: toolUrl,
    oidc_initiation_url: loginUrl,
    redirect_uris: [redirectUri],
    public_jwk_url: keysetUrl,
    scopes: advantageScopes,
    custom_fields: { ...customParameters },
    extensions: [
      {
        platform: 'canvas.instructure.com',
        domain: new URL(publicUrl).host,
        tool_id: 'edpsych-connect',
        privacy_level: 'name_only',
        settings: {
          text: toolName,
          placements: canvasPlacements.map(({ placement, message }) => ({
            placement,
            text: toolName,
            enabled: true,
            message_type: message,
            target_link_uri: message === 'LtiDeepLinkingRequest' ? deepLinkUrl : toolUrl,
            ...(placement === 'course_navigation' ? { default: 'disabled' } : {}),
          })),
        },
      },
    ],
  }
}
