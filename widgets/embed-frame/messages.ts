import { msg } from '@lit/localize'

export const opening = () => msg('Opening …', { id: 'embed-opening' })
export const gone = () => msg('This content is not available', { id: 'embed-gone' })
export const goneHelp = () =>
  msg('Its owner has withdrawn it. Ask the person who put it on this page for another link.', {
    id: 'embed-gone-help',
  })
