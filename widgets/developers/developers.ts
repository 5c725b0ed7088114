import { addCopyButtons } from './copy-buttons.ts'
import { startKeyPanel } from './key-panel.ts'
import { keepLanguage } from './language-tabs.ts'
import { startSearchBox } from './search-box.ts'
import { startTryIt } from './try-it.ts'

// What the developer portal gains with a script; it is read without one.
keepLanguage()
startKeyPanel()
startTryIt()
startSearchBox()
addCopyButtons(document)
