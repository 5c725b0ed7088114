import type { DeliveryItem } from '../../shared/qti/delivery.ts'

const paragraph = (...children: DeliveryItem['body'][number][]) =>
  ({ kind: 'html', tag: 'p', attributes: {}, children }) as const

/** An item with one of each: single choice, multiple choice with limits, two gaps and a formula. */
export const waterCycle: DeliveryItem = {
  title: 'The water cycle',
  language: 'en-GB',
  body: [
    paragraph('Read the questions about water and answer all of them.'),
    {
      kind: 'choice',
      responseIdentifier: 'STATE',
      cardinality: 'single',
      prompt: ['What is water vapour?'],
      minChoices: 0,
      maxChoices: 1,
      orientation: 'vertical',
      choices: [
        { id: 'c1', content: ['A gas'] },
        { id: 'c2', content: ['A liquid'] },
        { id: 'c3', content: ['A solid'] },
      ],
    },
    {
      kind: 'choice',
      responseIdentifier: 'STEPS',
      cardinality: 'multiple',
      prompt: ['Which are steps of the water cycle?'],
      minChoices: 1,
      maxChoices: 2,
      orientation: 'horizontal',
      choices: [
        { id: 'd1', content: ['Evaporation'] },
        { id: 'd2', content: ['Condensation'] },
        { id: 'd3', content: ['Photosynthesis'] },
      ],
    },
    paragraph(
      'Water freezes at ',
      {
        kind: 'text-entry',
        responseIdentifier: 'FREEZE',
        inputMode: 'numeric',
        expectedLength: 3,
        patternMask: '-?[0-9]+',
      },
      ' degrees and boils at ',
      {
        kind: 'text-entry',
        responseIdentifier: 'BOIL',
        inputMode: 'numeric',
        expectedLength: 3,
      },
      ' degrees Celsius.',
    ),
    paragraph('The formula is ', {
      kind: 'math',
      tag: 'math',
      attributes: {},
      children: [
        {
          kind: 'math',
          tag: 'msub',
          attributes: {},
          children: [
            { kind: 'math', tag: 'mi', attributes: {}, children: ['H'] },
            { kind: 'math', tag: 'mn', attributes: {}, children: ['2'] },
          ],
        },
        { kind: 'math', tag: 'mi', attributes: {}, children: ['O'] },
      ],
    }),
  ],
}
