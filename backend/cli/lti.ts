import type { Group } from './command.ts'

export const lti: Group = {
  'keys rotate': {
    summary: 'Start a new signing key; the old one verifies what it signed until it runs out',
    options: {},
    async run({ services }) {
      const { lti: module } = await services()
      await module.rotateKeys()
      return { result: { rotated: true }, text: 'A new key signs from now on' }
    },
  },
}
