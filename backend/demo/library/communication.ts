import type { LibraryResource } from './resource.ts'

export const communication: readonly LibraryResource[] = [
  {
    key: 'language-disorder-vocabulary',
    name: 'Teaching vocabulary to pupils with developmental language disorder',
    description: 'A lesson routine for one new word: meaning, sound, use and return.',
    learningResourceType: 'lesson',
    educationalLevel: 'Key stages 2 and 3',
    about: ['SEND', 'Speech, language and communication', 'Vocabulary'],
    timeRequiredMinutes: 20,
    content: [
      {
        type: 'paragraph',
        text: 'Pupils with developmental language disorder learn words that are taught, in several ways, several times. Choose few words, choose those that other subjects need as well, and plan when each will come back.',
      },
      {
        type: 'list',
        ordered: true,
        entries: [
          'Say it. Everyone repeats the word twice. Clap its syllables, name its first sound, find a rhyme if there is one.',
          'Mean it. Give a short explanation in everyday words, an action or picture, and one thing it is not.',
          'Sort it. Is a bridge a structure? A puddle? A sentence? Pupils say why.',
          'Use it. Each pupil finishes the same sentence starter, aloud before on paper.',
          'Keep it. Put the word with its picture on the wall and meet it again tomorrow, on Friday and in a fortnight.',
        ],
      },
      { type: 'heading', text: 'Know whether it was learned' },
      {
        type: 'paragraph',
        text: 'Ask for the word from its meaning, then for the meaning from the word, then listen for it in free talk. The third is the one that counts, and it comes last.',
      },
    ],
  },
  {
    key: 'visual-timetables',
    name: 'Preparing for change with a visual timetable',
    description:
      'Making, using and slowly handing over a visual timetable, for autistic pupils and for anyone who likes to know what comes next.',
    learningResourceType: 'activity',
    educationalLevel: 'Early years to key stage 2',
    about: ['SEND', 'Autism', 'Communication'],
    timeRequiredMinutes: 30,
    content: [
      {
        type: 'paragraph',
        text: 'Uncertainty costs effort. A timetable that can be seen, touched and changed together moves that effort back to learning.',
      },
      { type: 'heading', text: 'Make it' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'Use objects, photographs, symbols or words: whatever the pupil understands when tired, not when at their best.',
          'Show as much of the day as helps. For some that is “now” and “next”.',
          'Leave a place for finished, so that time can be seen to pass.',
          'Make a card for “something different” on the first day, before it is needed.',
        ],
      },
      { type: 'heading', text: 'Use it' },
      {
        type: 'list',
        ordered: true,
        entries: [
          'Go to it together at the start of the day and at each change.',
          'The pupil moves the card. It is theirs.',
          'Practise a small pleasant change first: an extra story, a new place to sit.',
          'When a change is unwelcome, show what stays the same beside what does not.',
        ],
      },
      {
        type: 'paragraph',
        text: 'Hand over step by step: from your prompt, to a glance, to a pocket version the pupil carries. Keep it available. Most adults have not given up their calendars either.',
      },
    ],
  },
  {
    key: 'paired-reading',
    name: 'Reading fluency: paired reading in ten minutes a day',
    description: 'How to run paired reading with an adult or an older pupil for six weeks.',
    learningResourceType: 'activity',
    educationalLevel: 'Key stages 1 and 2',
    about: ['Reading', 'Fluency', 'Parents and carers'],
    timeRequiredMinutes: 10,
    content: [
      {
        type: 'paragraph',
        text: 'The reader chooses the text. Ten minutes, five days a week, for six weeks, are worth more than an hour on Sunday.',
      },
      {
        type: 'list',
        ordered: true,
        entries: [
          'Sit side by side with one copy. Agree a quiet signal, such as a tap, for “I will try alone”.',
          'Read aloud together at the reader’s pace, every word.',
          'After the signal the reader goes on alone. Praise the signal.',
          'At a mistake wait four seconds, then say the word. The reader repeats it, and both read together again until the next signal.',
          'Stop on time, in the middle of an interesting page if you can, and talk about it for a minute.',
        ],
      },
      { type: 'heading', text: 'Measure lightly' },
      {
        type: 'paragraph',
        text: 'In the first and the last week let the reader read one unseen page of the same difficulty for one minute. Note the words read correctly and how it sounded: word by word, in phrases, or with expression. Share both results with the reader first.',
      },
    ],
  },
  {
    key: 'phonics-check',
    name: 'Phonics catch-up: finding out what is secure',
    description: 'A ten-minute check with one pupil that shows where to start teaching.',
    learningResourceType: 'worksheet',
    educationalLevel: 'Key stages 1 to 3',
    about: ['Reading', 'Phonics', 'Assessment'],
    timeRequiredMinutes: 10,
    content: [
      {
        type: 'paragraph',
        text: 'Older pupils who read badly often know more phonics than they use, with a few gaps that trip them up everywhere. Find the gaps first. Use plain print for teenagers; pictures of ducks end the conversation.',
      },
      { type: 'heading', text: 'Four short checks' },
      {
        type: 'list',
        ordered: true,
        entries: [
          'Sounds: show the graphemes your programme teaches, in its order. Tick what comes within three seconds.',
          'Blending: say the sounds of five words with a gap between them; the pupil says the word.',
          'Made-up words: vap, chim, sleft, thoop, grainder. They show decoding without memory.',
          'Spelling: dictate five regular words that use the last sounds which were ticked.',
        ],
      },
      { type: 'heading', text: 'What to do with it' },
      {
        type: 'paragraph',
        text: 'Start at the first check that was not secure and go on from there daily, in short sessions, with text the pupil can decode. If sounds and blending are secure but reading is slow, the need is fluency, not more phonics.',
      },
    ],
  },
]
