import type { Found, Search } from '../developer-search/developer-search.ts'

/** An entry of its own, asked for at the first key press: readers who do not search do not load it. */
const searchScript = '/assets/developer-search.js'

let loading: Promise<Search> | undefined

async function loadSearch(): Promise<Search> {
  // The file is ours and exports what its source says.
  const module = (await import(/* @vite-ignore */ searchScript)) as {
    loadSearch(): Promise<Search>
  }
  return module.loadSearch()
}

function search(): Promise<Search> {
  loading ??= loadSearch().catch((error: unknown) => {
    loading = undefined
    throw error
  })
  return loading
}

/** Results while one types: `/` comes here, arrows choose, Enter opens, Escape closes. */
export function startSearchBox(): void {
  const form = document.querySelector<HTMLFormElement>('[data-search]')
  const input = form?.querySelector('input')
  if (!(form && input)) return
  const list = document.createElement('div')
  list.id = 'search-results'
  list.className = 'search-results'
  list.setAttribute('role', 'listbox')
  list.setAttribute('aria-label', 'Results')
  list.hidden = true
  const status = document.createElement('p')
  status.className = 'visually-hidden'
  status.setAttribute('role', 'status')
  form.append(list, status)
  input.setAttribute('role', 'combobox')
  input.setAttribute('aria-autocomplete', 'list')
  input.setAttribute('aria-expanded', 'false')
  input.setAttribute('aria-controls', list.id)
  input.placeholder = 'Search ( / )'

  let options: HTMLAnchorElement[] = []
  let selected = -1

  const close = (): void => {
    list.hidden = true
    selected = -1
    input.setAttribute('aria-expanded', 'false')
    input.removeAttribute('aria-activedescendant')
  }
  const select = (index: number): void => {
    options[selected]?.setAttribute('aria-selected', 'false')
    selected = index
    const option = options[index]
    if (!option) {
      input.removeAttribute('aria-activedescendant')
      return
    }
    option.setAttribute('aria-selected', 'true')
    input.setAttribute('aria-activedescendant', option.id)
    option.scrollIntoView({ block: 'nearest' })
  }
  const show = (groups: readonly Found[]): void => {
    options = []
    list.replaceChildren(...groups.map((group) => groupElement(group, options)))
    const isEmpty = options.length === 0
    status.textContent = isEmpty ? 'Nothing found' : `${options.length} results`
    select(-1)
    list.hidden = isEmpty
    input.setAttribute('aria-expanded', String(!isEmpty))
  }
  const update = async (): Promise<void> => {
    const query = input.value.trim()
    if (query === '') {
      close()
      return
    }
    const find = await search()
    // What was typed meanwhile is looked for by its own call.
    if (query === input.value.trim()) show(find(query))
  }

  input.addEventListener('input', () => {
    // Without the index the form still searches on the server.
    update().catch(close)
  })
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Escape' && !list.hidden) {
      event.preventDefault()
      close()
    }
    if (list.hidden) return
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1 }
    const step = steps[event.key]
    if (step) {
      event.preventDefault()
      const count = options.length + 1
      select(((selected + 1 + step + count) % count) - 1)
    }
    const option = options[selected]
    if (event.key === 'Enter' && option) {
      event.preventDefault()
      option.click()
    }
  })
  form.addEventListener('focusout', ({ relatedTarget }) => {
    if (!(relatedTarget instanceof Node && form.contains(relatedTarget))) close()
  })
  list.addEventListener('mousedown', (event) => event.preventDefault())
  list.addEventListener('click', close)
  document.addEventListener('keydown', (event) => {
    if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return
    const { target } = event
    if (target instanceof Element && target.closest('input, textarea, select')) return
    event.preventDefault()
    input.focus()
    input.select()
  })
}

function groupElement({ kind, entries }: Found, options: HTMLAnchorElement[]): HTMLElement {
  const group = document.createElement('div')
  const title = document.createElement('p')
  title.id = `results-${kind.toLowerCase().replaceAll(' ', '-')}`
  title.className = 'dev-nav-title'
  title.textContent = kind
  group.setAttribute('role', 'group')
  group.setAttribute('aria-labelledby', title.id)
  group.append(title)
  for (const entry of entries) {
    const option = document.createElement('a')
    option.id = `result-${options.length}`
    option.href = entry.url
    option.tabIndex = -1
    option.setAttribute('role', 'option')
    option.setAttribute('aria-selected', 'false')
    const about = document.createElement('small')
    about.textContent = entry.text.slice(0, 120)
    option.append(entry.title, about)
    options.push(option)
    group.append(option)
  }
  return group
}
