import { html, nothing, type TemplateResult } from 'lit'
import { state } from 'lit/decorators.js'
import { api, chooseTenant, loadSession, type StaffSession, sentenceOf } from './api.ts'
import { go, View } from './view.ts'

/** One view and its address. */
export interface Place {
  readonly path: string
  readonly title: string
  /** In the navigation where given, for those who hold the scope. */
  readonly nav?: string
  readonly scope?: string
  /** Heading of the part of the navigation it stands in. */
  readonly group?: string
  /** What stands beside its name in the navigation. */
  badge?(session: StaffSession): TemplateResult
  /** Fetches the code of the view, which a browser needs only once somebody goes there. */
  load?(): Promise<unknown>
  view(session: StaffSession, parameters: Record<string, string>): TemplateResult
}

function findPlace(
  places: readonly Place[],
  pathname: string,
): { place: Place; parameters: Record<string, string> } | undefined {
  const path = pathname.replace(/\/$/, '')
  for (const place of places) {
    const pattern = new RegExp(`^${place.path.replace(/:(\w+)/g, '(?<$1>[^/]+)')}$`)
    const match = pattern.exec(path)
    if (match) return { place, parameters: { ...match.groups } }
  }
  return undefined
}

/** An application of signed-in staff: navigation, organisation switcher, one view per address. */
export abstract class AppShell extends View {
  /** The first is the home of the application; all others lie below it. */
  protected abstract readonly places: readonly Place[]
  protected abstract readonly label: string
  @state() private path = location.pathname
  /** Whether the code of a place is here; `false` where it could not be fetched. */
  @state() private loaded: ReadonlyMap<Place, boolean> = new Map()

  private readonly onNavigate = (): void => {
    // A filter in the address is the view's own matter.
    if (this.path === location.pathname) return
    this.path = location.pathname
    void this.updateComplete.then(() => {
      this.querySelector<HTMLElement>('#main')?.focus({ preventScroll: true })
      scrollTo(0, 0)
    })
  }

  /** Links inside the administration change the view without loading the page again. */
  private readonly onClick = (event: MouseEvent): void => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.ctrlKey ||
      event.metaKey ||
      event.shiftKey ||
      event.altKey
    )
      return
    const link = event
      .composedPath()
      .find((node): node is HTMLAnchorElement => node instanceof HTMLAnchorElement)
    if (!link || link.target || link.hasAttribute('download') || link.origin !== location.origin)
      return
    if (!findPlace(this.places, link.pathname) || link.hash) return
    event.preventDefault()
    go(`${link.pathname}${link.search}`)
  }

  override connectedCallback(): void {
    super.connectedCallback()
    addEventListener('popstate', this.onNavigate)
    this.addEventListener('click', this.onClick)
    void this.load()
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback()
    removeEventListener('popstate', this.onNavigate)
    this.removeEventListener('click', this.onClick)
  }

  private readonly fetching = new Set<Place>()

  private fetchCode(place: Place): void {
    if (!place.load || this.fetching.has(place)) return
    this.fetching.add(place)
    const note = (isHere: boolean) => {
      this.loaded = new Map(this.loaded).set(place, isHere)
    }
    place.load().then(
      () => note(true),
      () => note(false),
    )
  }

  private get home(): string {
    return this.places[0]?.path ?? '/'
  }

  private async load(): Promise<void> {
    try {
      const session = await this.sessionOfAddress()
      if (session) this.session = session
      else
        location.replace(
          `/sign-in?next=${encodeURIComponent(`${location.pathname}${location.search}`)}`,
        )
    } catch (error) {
      this.error = sentenceOf(error)
    }
  }

  /** A link may name the organisation that it leads into; it counts only where the person belongs to it. */
  private async sessionOfAddress(): Promise<StaffSession | undefined> {
    const session = await loadSession()
    const url = new URL(location.href)
    const wanted = url.searchParams.get('in')
    if (!session || wanted === null) return session
    url.searchParams.delete('in')
    history.replaceState(history.state, '', url)
    if (wanted === session.tenant.id || !session.tenants.some(({ id }) => id === wanted)) {
      return session
    }
    chooseTenant(wanted)
    return loadSession()
  }

  private signOut(): void {
    void this.act(async () => {
      await api('DELETE /api/v1/session', {})
      location.assign('/sign-in')
      return undefined
    })
  }

  private switchTenant(event: Event): void {
    chooseTenant((event.target as HTMLSelectElement).value)
    this.session = undefined
    go(this.home)
    void this.load()
  }

  protected override render() {
    const { session } = this
    const found = findPlace(this.places, this.path)
    // While it is found out who is signed in, the code of the view is already on its way.
    if (found) this.fetchCode(found.place)
    if (!session) {
      return html`<main id="main" class="site-main" tabindex="-1">${this.notices()}${this.error ? nothing : html`<p class="loading" role="status">Loading …</p>`}</main>`
    }
    document.title = `${found?.place.title ?? 'Not found'} – EdPsych Connect`
    return html`
      <a class="skip-link" href="#main">Skip to content</a>
      <header class="site-header">
        <a class="site-brand" href="/"><img src="/assets/logo.svg" alt="" width="32" height="32" />EdPsych Connect</a>
        <div class="admin-tools">
          ${this.switcher(session)}
          <a href="/admin/account">${session.user.name}</a>
          <button class="button link" @click=${this.signOut}>Sign out</button>
        </div>
      </header>
      <div class="admin-layout">
        ${this.navigation(session)}
        <main id="main" class="site-main" tabindex="-1">
          ${
            session.mustChangePassword
              ? html`<p class="notice warning">You signed in with a one-time password. <a href="/admin/account">Choose a password of your own</a> before it expires.</p>`
              : nothing
          }
          ${this.notices()}
          ${this.banner(session, this.path)}
          ${found ? this.view(found.place, session, found.parameters) : html`<h1>This page does not exist</h1><p><a class="button" href=${this.home}>Go to the overview</a></p>`}
        </main>
      </div>
    `
  }

  private view(place: Place, session: StaffSession, parameters: Record<string, string>) {
    const isHere = place.load ? this.loaded.get(place) : true
    // An element that is drawn before its code is here begins without its session and parameters.
    if (isHere === undefined) return html`<p class="loading" role="status">Loading …</p>`
    if (isHere) return place.view(session, parameters)
    // The network, or a server that was updated since this page was opened.
    return html`<h1>${place.title}</h1>
      <p class="notice warning" role="alert">This page could not be loaded. EdPsych Connect was updated since you opened it, or the connection to it was lost.</p>
      <p><button type="button" class="button" @click=${() => location.reload()}>Load again</button></p>`
  }

  /** What an application shows above every view. */
  protected banner(_session: StaffSession, _path: string): TemplateResult | typeof nothing {
    return nothing
  }

  private switcher(session: StaffSession) {
    if (session.tenants.length < 2) return html`<span>${session.tenant.name}</span>`
    return html`<label class="visually-hidden" for="tenant">Organisation</label>
      <select id="tenant" @change=${this.switchTenant}>
        ${session.tenants.map((tenant) => html`<option value=${tenant.id} ?selected=${tenant.id === session.tenant.id}>${tenant.name}</option>`)}
      </select>`
  }

  private navigation(session: StaffSession) {
    const shown = this.places.filter(
      ({ nav, scope }) => nav && (!scope || session.scopes.includes(scope)),
    )
    const current = this.path.replace(/\/$/, '')
    const groups = new Map<string | undefined, Place[]>()
    for (const place of shown) groups.set(place.group, [...(groups.get(place.group) ?? []), place])
    return html`<nav class="admin-nav" aria-label=${this.label}>
      ${[...groups].map(
        ([group, places]) => html`
          ${group === undefined ? nothing : html`<h2 id=${headingId(group)}>${group}</h2>`}
          <ul aria-labelledby=${group === undefined ? nothing : headingId(group)}>
            ${places.map(({ path, nav, badge }) => {
              const here =
                current === path || (path !== this.home && current.startsWith(`${path}/`))
              return html`<li><a href=${path} aria-current=${here ? 'page' : nothing}>${nav}${badge?.(session) ?? nothing}</a></li>`
            })}
          </ul>
        `,
      )}
    </nav>`
  }
}

const headingId = (group: string) => `nav-${group.toLowerCase().replace(/\W+/g, '-')}`
