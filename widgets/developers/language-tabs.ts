const storageName = 'edpsych-snippet-language'

function chosen(): string | null {
  try {
    return localStorage.getItem(storageName)
  } catch {
    // Storage may be forbidden: each page then begins with the first language.
    return null
  }
}

function choose(language: string): void {
  for (const input of document.querySelectorAll<HTMLInputElement>('.tabs input[type="radio"]')) {
    if (input.value === language) input.checked = true
  }
}

/** A language chosen once is chosen in all examples, on the next pages too. */
export function keepLanguage(): void {
  const before = chosen()
  if (before) choose(before)
  document.addEventListener('change', ({ target }) => {
    if (!(target instanceof HTMLInputElement) || !target.closest('.tabs')) return
    const top = target.getBoundingClientRect().top
    choose(target.value)
    // Examples above change their heights; what is being read stays where it is.
    scrollBy(0, target.getBoundingClientRect().top - top)
    try {
      localStorage.setItem(storageName, target.value)
    } catch {
      // See above.
    }
  })
}
