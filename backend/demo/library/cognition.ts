import type { LibraryResource } from './resource.ts'

export const cognition: readonly LibraryResource[] = [
  {
    key: 'working-memory',
    name: 'Working memory: classroom strategies',
    description:
      'What working memory is, how a difficulty with it looks in lessons, and ten small changes that lower the load.',
    learningResourceType: 'guidance',
    educationalLevel: 'Key stages 1 to 3',
    about: ['SEND', 'Working memory', 'Cognition and learning'],
    timeRequiredMinutes: 15,
    content: [
      {
        type: 'paragraph',
        text: 'Working memory holds a small amount of information for a few seconds while we do something with it: remembering the sentence while we write it, or the carried ten while we add the next column. It is limited in everyone, it grows through childhood, and it differs widely between children of the same age.',
      },
      { type: 'heading', text: 'What you may see' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'Starts a task readily, then stops part-way and looks at a neighbour.',
          'Loses their place in a calculation or leaves words out of a sentence they could say aloud.',
          'Follows the first and the last of four instructions.',
          'Seems inattentive most of all when a task has several steps.',
        ],
      },
      { type: 'heading', text: 'What helps' },
      {
        type: 'list',
        ordered: true,
        entries: [
          'Give one instruction at a time, in the order in which things are to be done.',
          'Leave the steps visible: on the board, on a card, or as pictures on the desk.',
          'Ask the pupil to say back what they will do, not whether they have understood.',
          'Keep what they look up close to where they write; a long look away empties the store.',
          'Use number lines, word mats and worked examples freely. They carry part of the load.',
          'Split writing: plan aloud, note key words, then write one sentence at a time.',
          'Teach routines until they need no thought, so that memory is free for the new part.',
          'Shorten sentences in worksheets before you simplify ideas.',
          'Watch for the point at which a task breaks down, and put the support there.',
          'Teach the pupil to notice when they are lost and to ask for the last step again.',
        ],
      },
      { type: 'heading', text: 'Check whether it works' },
      {
        type: 'paragraph',
        text: 'Choose one task that breaks down often. Count how many steps the pupil completes alone in three lessons, add one support, and count again for three lessons. If nothing changes, change the support before you add another.',
      },
    ],
  },
  {
    key: 'processing-speed',
    name: 'When thinking takes longer: supporting slow processing',
    description:
      'Giving time without giving less: adjustments for pupils who understand well and answer late.',
    learningResourceType: 'guidance',
    educationalLevel: 'Key stages 2 to 4',
    about: ['SEND', 'Cognition and learning', 'Access arrangements'],
    timeRequiredMinutes: 10,
    content: [
      {
        type: 'paragraph',
        text: 'Some pupils take in, sort out and answer more slowly than their understanding would suggest. In a quick lesson they look unsure; with time they are not. The aim is to separate how fast from how well.',
      },
      { type: 'heading', text: 'In the lesson' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'Ask the question, name nobody, and count silently to seven.',
          'Warn a pupil privately which question will be theirs, two minutes before it comes.',
          'Set fewer examples of the same kind rather than more time for all of them.',
          'Provide notes to annotate instead of a board to copy.',
          'Mark what was finished. An unfinished page says little about what is known.',
        ],
      },
      { type: 'heading', text: 'In tests' },
      {
        type: 'paragraph',
        text: 'Try the test with and without extra time and have the pupil change pen colour when the usual time ends. What appears in the second colour is evidence of need, and of whether extra time is the right help. Keep the papers: a request for access arrangements rests on the normal way of working.',
      },
    ],
  },
  {
    key: 'retrieval-practice',
    name: 'Retrieval practice without pressure',
    description: 'Four low-stakes ways to bring learning back to mind, with timings and a script.',
    learningResourceType: 'activity',
    educationalLevel: 'Key stages 2 to 4',
    about: ['Memory', 'Teaching strategies'],
    timeRequiredMinutes: 10,
    content: [
      {
        type: 'paragraph',
        text: 'Trying to recall something strengthens it more than reading it again does, even when the attempt fails, as long as the right answer follows soon. Pupils who expect to fail need to be sure that nothing is being collected.',
      },
      {
        type: 'list',
        ordered: true,
        entries: [
          'Blank page (3 minutes): write or draw everything you remember about yesterday. Compare with a partner. Add in another colour.',
          'Three, two, one (4 minutes): three facts from last lesson, two from last week, one from last term.',
          'Picture prompt (3 minutes): show a diagram without labels. Name the parts aloud together, then alone.',
          'Pupil questions (5 minutes): each pair writes one question and its answer on a card. The box of cards is next week’s starter.',
        ],
      },
      { type: 'heading', text: 'What to say' },
      {
        type: 'paragraph',
        text: '“This is for your memory, not for my mark book. Guess if you are not sure. In two minutes we look at the answers, and putting one right counts as much as knowing it.”',
      },
    ],
  },
  {
    key: 'attention',
    name: 'Supporting attention: tasks, seats and breaks',
    description:
      'Practical changes to try for two weeks before concluding that a pupil “cannot concentrate”.',
    learningResourceType: 'guidance',
    educationalLevel: 'Key stages 1 to 3',
    about: ['SEND', 'ADHD', 'Behaviour for learning'],
    timeRequiredMinutes: 12,
    content: [
      {
        type: 'paragraph',
        text: 'Attention depends on the pupil, the task and the room. Two of the three are ours to change today.',
      },
      { type: 'heading', text: 'The task' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'Cut the work into pieces that take a few minutes and end in something visible.',
          'Start with a question that can be answered; a first success holds attention better than a reminder.',
          'Say when it ends. A sand timer is kinder than a clock.',
        ],
      },
      { type: 'heading', text: 'The room' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'Seat the pupil where you pass often, away from the door and the sink.',
          'Keep one display wall plain and turn the desk towards it.',
          'Offer the quiet table to everybody, so that nobody is sent to it.',
        ],
      },
      { type: 'heading', text: 'Movement' },
      {
        type: 'paragraph',
        text: 'Plan it before it happens: give out books, stretch at the change of task, carry a message. A movement break that follows fidgeting rewards fidgeting; one that comes by the clock prevents it.',
      },
    ],
  },
]
