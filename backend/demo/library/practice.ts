import type { LibraryResource } from './resource.ts'

export const practice: readonly LibraryResource[] = [
  {
    key: 'graduated-approach',
    name: 'Assess, plan, do, review: running one good cycle',
    description:
      'A page for each part of the graduated approach, and the questions that keep it honest.',
    learningResourceType: 'guidance',
    educationalLevel: 'All key stages',
    about: ['SEND', 'SEN support', 'Assessment'],
    timeRequiredMinutes: 20,
    content: [
      {
        type: 'paragraph',
        text: 'One careful cycle of a term teaches more about a pupil than three lists of strategies. Keep it small enough that everybody involved can say from memory what is being tried and why.',
      },
      { type: 'heading', text: 'Assess' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'What can the pupil do alone, with a little help, and not yet? Give an example of each.',
          'What does the pupil say? What does the family see?',
          'Which explanation fits what we know, and what would show that it is wrong?',
        ],
      },
      { type: 'heading', text: 'Plan' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'One or two outcomes that a stranger could observe.',
          'Who does what, where, how often, and what they stop doing to make room.',
          'A starting measure, taken before anything begins.',
        ],
      },
      { type: 'heading', text: 'Do' },
      {
        type: 'paragraph',
        text: 'The class or subject teacher stays responsible. Note when the plan did not happen; it is the commonest reason why it did not work.',
      },
      { type: 'heading', text: 'Review' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'What changed, measured as at the start?',
          'Was the change larger than what the measure varies by on its own?',
          'Keep, change or stop? Write the reason in one sentence, with the pupil.',
        ],
      },
    ],
  },
  {
    key: 'one-page-profile',
    name: 'Writing a one-page profile with a pupil',
    description: 'Prompts and a layout for a profile that cover teachers really read.',
    learningResourceType: 'worksheet',
    educationalLevel: 'All key stages',
    about: ['SEND', 'Pupil voice', 'Person-centred practice'],
    timeRequiredMinutes: 30,
    content: [
      {
        type: 'paragraph',
        text: 'It is written with the pupil, in their words, in one sitting, and it fits on one side. If a sentence could stand in anybody’s profile, leave it out.',
      },
      { type: 'heading', text: 'What people like about me' },
      {
        type: 'paragraph',
        text: 'Ask two friends, one adult at school and one at home. Quote them.',
      },
      { type: 'heading', text: 'What matters to me' },
      {
        type: 'paragraph',
        text: 'People, things, times of the day. Ask: “What would make a good day better? What would spoil it?”',
      },
      { type: 'heading', text: 'How to help me well' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'When you explain something, please …',
          'When I am stuck I usually … and it helps if you …',
          'Please do not …, even if it is meant kindly.',
          'If I leave the room, I will be … and you can …',
        ],
      },
      {
        type: 'paragraph',
        text: 'Agree who may see it. Put a date on it and throw it away after a year: nobody wants to be who they were in Year 5.',
      },
    ],
  },
  {
    key: 'fractions-number-line',
    name: 'Fractions: from sharing to the number line',
    description: 'Three lessons that move from parts of a whole to fractions as numbers.',
    learningResourceType: 'lesson',
    educationalLevel: 'Key stage 2',
    about: ['Mathematics', 'Fractions'],
    timeRequiredMinutes: 150,
    content: [
      {
        type: 'paragraph',
        text: 'Many pupils can shade three quarters of a circle and still believe that one eighth is more than one quarter, because eight is more than four. They need fractions to become numbers that have a place.',
      },
      {
        type: 'list',
        ordered: true,
        entries: [
          'Fair shares: cut paper strips of equal length into halves, quarters and eighths. Lay them under one another. How many eighths are as long as one quarter? Name the pattern aloud: more parts, smaller parts.',
          'Strips become lines: draw a line from nought to one as long as the strip and mark where each fold falls. The mark has the name, not the piece.',
          'Beyond one: put two lines end to end. Where is five quarters? Where is it if we say one and one quarter? Walk along a line on the playground and stop at called fractions.',
        ],
      },
      { type: 'heading', text: 'Questions that show understanding' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'Which is nearer to one: seven eighths or three quarters? How do you know without drawing?',
          'Tell me a fraction between one half and three quarters. And another.',
          'Somebody says that two thirds is not a number but two numbers. What would you show them?',
        ],
      },
    ],
  },
  {
    key: 'scores-and-confidence',
    name: 'Reading a standardised score: a short guide for teachers',
    description:
      'Standard scores, percentiles and confidence intervals, and three sentences to use with parents.',
    learningResourceType: 'guidance',
    educationalLevel: 'All key stages',
    about: ['Assessment', 'SEND'],
    timeRequiredMinutes: 12,
    content: [
      {
        type: 'paragraph',
        text: 'A standard score compares a pupil with others of the same age. The average is 100, and about two pupils in three lie between 85 and 115. A percentile of 25 means that the pupil did as well as or better than 25 in a hundred, not that a quarter of the answers were right.',
      },
      { type: 'heading', text: 'No score is a point' },
      {
        type: 'paragraph',
        text: 'On another day the same pupil would score a little differently. The confidence interval says how much. If it reaches from 81 to 93, then 87 is our best guess and anything in between is reasonable. Two scores whose intervals largely overlap are not different, and a rise that stays inside the interval is not yet progress.',
      },
      { type: 'heading', text: 'What to say' },
      {
        type: 'list',
        ordered: false,
        entries: [
          '“Compared with others of the same age, this was in the lower part of the average range.”',
          '“The test can be a few points out in either direction, so we look at the range and not at the number.”',
          '“This tells us about one afternoon and one kind of task. Here is what we see in lessons as well.”',
        ],
      },
      {
        type: 'paragraph',
        text: 'Use age equivalents rarely: a small difference in raw marks can move them by a year, and “reads like a seven-year-old” is never the whole of a twelve-year-old.',
      },
    ],
  },
]
