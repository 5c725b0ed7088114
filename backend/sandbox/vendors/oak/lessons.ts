export interface Lesson {
  readonly slug: string
  readonly title: string
  readonly unit: string
  readonly subject: string
  readonly keyStage: string
  readonly keywords: readonly string[]
  readonly outcome: string
  readonly guidance: string
  /** A right of a third party keeps it out of the API. */
  readonly blocked: boolean
}

function lesson(
  title: string,
  unit: string,
  place: readonly [subject: string, keyStage: string],
  keywords: readonly string[],
  outcome: string,
  more: Partial<Pick<Lesson, 'guidance' | 'blocked'>> = {},
): Lesson {
  const [subject, keyStage] = place
  const slug = title.toLowerCase().replaceAll(/[^a-z]+/g, '-')
  const rest = { guidance: '', blocked: false, ...more }
  return { slug, title, unit, subject, keyStage, keywords, outcome, ...rest }
}

/** Invented for the simulation; none of them is a lesson of Oak. */
export const lessons: readonly Lesson[] = [
  lesson(
    'Sharing a pizza into fractions',
    'Fractions of a whole',
    ['maths', 'ks2'],
    ['fraction', 'denominator', 'equal parts'],
    'I can name equal parts of a whole as a fraction.',
  ),
  lesson(
    'Fractions on a number line',
    'Fractions of a whole',
    ['maths', 'ks2'],
    ['fraction', 'number line', 'interval'],
    'I can place fractions on a number line.',
  ),
  lesson(
    'Equivalent fractions with strips',
    'Comparing fractions',
    ['maths', 'ks2'],
    ['fraction', 'equivalent', 'numerator'],
    'I can find fractions that are worth the same.',
  ),
  lesson(
    'Ratio in recipes',
    'Ratio and proportion',
    ['maths', 'ks3'],
    ['ratio', 'scale', 'proportion'],
    'I can scale a recipe up and down.',
  ),
  lesson(
    'First steps in algebra',
    'Expressions',
    ['maths', 'ks3'],
    ['algebra', 'expression', 'variable'],
    'I can write an expression for a rule.',
  ),
  lesson(
    'How plants drink',
    'Inside plants',
    ['science', 'ks2'],
    ['root', 'stem', 'transport'],
    'I can explain how water moves through a plant.',
  ),
  lesson(
    'Burning and safety',
    'Chemical change',
    ['science', 'ks3'],
    ['combustion', 'oxygen', 'hazard'],
    'I can say what a fire needs.',
    { guidance: 'Demonstration with a flame.' },
  ),
  lesson(
    'A storm at sea in verse',
    'Poems of weather',
    ['english', 'ks3'],
    ['imagery', 'rhythm', 'stanza'],
    'I can explain how a poem sounds like its subject.',
  ),
  lesson(
    'A modern poem about home',
    'Poems of place',
    ['english', 'ks3'],
    ['imagery', 'voice', 'place'],
    'I can compare two voices.',
    { blocked: true },
  ),
  lesson(
    'Mapping the school grounds',
    'Maps and symbols',
    ['geography', 'ks2'],
    ['map', 'symbol', 'scale'],
    'I can draw a map with a key.',
  ),
]

/** The unit of a lesson as the API writes it. */
export function unitOf({ unit, subject, keyStage }: Lesson) {
  return {
    unitSlug: unit.toLowerCase().replaceAll(' ', '-'),
    unitTitle: unit,
    examBoardTitle: null,
    keyStageSlug: keyStage,
    subjectSlug: subject,
  }
}
