import { configureLocalization, type LocaleModule } from '@lit/localize'

type LoadCatalogue = () => Promise<LocaleModule>

const sourceLocale = 'en'
const catalogues = new Map<string, LoadCatalogue>()

const { getLocale, setLocale } = configureLocalization({
  sourceLocale,
  targetLocales: ['cy'],
  async loadLocale(locale) {
    return (await catalogues.get(locale)?.()) ?? { templates: {} }
  },
})

/** Adds the messages of one more language (`templates` by message id), loaded when first asked for. */
export function addCatalogue(locale: 'cy', load: LoadCatalogue): void {
  catalogues.set(locale, load)
}

/** Shows every element of the page in this language, or in English where there is no catalogue for it. */
export async function useLocale(wanted: string | null | undefined): Promise<void> {
  const language = wanted?.toLowerCase().split('-')[0] ?? sourceLocale
  const locale = catalogues.has(language) ? language : sourceLocale
  if (locale === getLocale()) return
  // A catalogue that cannot be loaded leaves the page in the language it has.
  await setLocale(locale).catch(() => undefined)
}

/** `useLocale` for a whole page, whose document then says so to every element and screen reader. */
export async function usePageLocale(wanted: string | null | undefined): Promise<void> {
  await useLocale(wanted)
  document.documentElement.lang = currentLocale()
}

/** The language the messages are in now, for `lang` attributes and number formats. */
export function currentLocale(): string {
  const locale = getLocale()
  return locale === sourceLocale ? 'en-GB' : locale
}
