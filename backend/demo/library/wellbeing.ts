import type { LibraryResource } from './resource.ts'

export const wellbeing: readonly LibraryResource[] = [
  {
    key: 'emotion-coaching',
    name: 'Emotion coaching in a busy corridor',
    description: 'Five steps that fit into ninety seconds, with words to use.',
    learningResourceType: 'guidance',
    educationalLevel: 'All key stages',
    about: ['Social, emotional and mental health', 'Behaviour'],
    timeRequiredMinutes: 8,
    content: [
      {
        type: 'paragraph',
        text: 'A pupil who is flooded by a feeling cannot use advice yet. First the feeling is met, then the limit is set, then the problem is solved. Skipping ahead usually costs more time than it saves.',
      },
      {
        type: 'list',
        ordered: true,
        entries: [
          'Notice. Lower your voice and your shoulders. Stand beside, not in front.',
          'Name. “You look furious. I wonder whether that felt unfair.” A wrong guess is corrected by the pupil and does no harm.',
          'Accept. “Anyone might feel like that.” The feeling is accepted, not everything that was done with it.',
          'Limit. “You can be angry. You cannot throw the chair.”',
          'Solve, later. “What were you hoping for? What could you try next time? Whom do we need to put it right with?”',
        ],
      },
      {
        type: 'paragraph',
        text: 'It also works when it is not done perfectly. Coming back an hour later to say “I rushed you; can we try again?” teaches more than a smooth first attempt.',
      },
    ],
  },
  {
    key: 'school-avoidance',
    name: 'When coming to school feels impossible: the first conversations',
    description:
      'For staff who meet a pupil with emotionally based school avoidance, and the family, for the first time.',
    learningResourceType: 'guidance',
    educationalLevel: 'Key stages 2 to 4',
    about: ['Social, emotional and mental health', 'Attendance', 'Parents and carers'],
    timeRequiredMinutes: 15,
    content: [
      {
        type: 'paragraph',
        text: 'Staying away brings relief, and relief is learned quickly. Acting in the first days matters, and so does not treating distress as defiance. Begin with curiosity about four things: what school is being avoided, who is being missed, what is feared, and what is better at home.',
      },
      { type: 'heading', text: 'With the pupil' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'Walk, draw or sort cards; do not begin with “why”.',
          'Use a map of the school: colour the places that are fine, hard and impossible.',
          'Rate parts of the day from nought to ten, and look for the twos, not only the tens.',
          'Agree the smallest step that feels possible and that the pupil has chosen.',
        ],
      },
      { type: 'heading', text: 'With the family' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'Say aloud that nobody is to blame and that mornings sound exhausting.',
          'Ask what happens on the day before, the evening before and the morning of a good day.',
          'Decide who rings whom, when, and who does not.',
        ],
      },
      {
        type: 'paragraph',
        text: 'Write one plan that fits on a page, name the adult the pupil will meet at the door, and review it after a week. Make the next step smaller rather than later. Ask for advice early when there is risk, when sleep and eating have changed, or when two reviews brought no movement.',
      },
    ],
  },
  {
    key: 'maths-anxiety',
    name: 'Mathematics anxiety: signs and first steps',
    description: 'What it is, what it is not, and what the next four weeks can look like.',
    learningResourceType: 'article',
    educationalLevel: 'Key stages 2 to 4',
    about: ['Mathematics', 'Social, emotional and mental health'],
    timeRequiredMinutes: 10,
    content: [
      {
        type: 'paragraph',
        text: 'Worry takes up the same working memory that calculation needs. An anxious pupil therefore does worse than they could, sees it, and worries more. Some anxious pupils are strong mathematicians, and some weak ones are not anxious at all, so look at both separately.',
      },
      { type: 'heading', text: 'Signs' },
      {
        type: 'list',
        ordered: false,
        entries: [
          'Answers anything at once, to be finished.',
          'Rubs out, restarts, asks to leave the room when mathematics begins.',
          'Knows it in conversation and not on paper.',
        ],
      },
      { type: 'heading', text: 'Four weeks' },
      {
        type: 'list',
        ordered: true,
        entries: [
          'Take the clock away: no timed tables tests for this pupil, no reading out of marks.',
          'Begin each lesson with something they can certainly do, and have it explained to a partner.',
          'Ask for two ways to do it rather than for the answer. Discuss a good mistake of your own.',
          'Bring a gentle time limit back, chosen and beaten by the pupil, if timing is needed at all.',
        ],
      },
      {
        type: 'paragraph',
        text: 'Ask at the beginning and at the end: “How do you feel when the maths books come out, from one to five?” Children answer this honestly when it is not followed by advice.',
      },
    ],
  },
  {
    key: 'transition-group',
    name: 'Moving to Year 7: a five-session group',
    description: 'A small group for pupils for whom the move to secondary school is a worry.',
    learningResourceType: 'activity',
    educationalLevel: 'Key stages 2 and 3',
    about: ['Transition', 'Social, emotional and mental health'],
    timeRequiredMinutes: 200,
    content: [
      {
        type: 'paragraph',
        text: 'Six to eight pupils, forty minutes a week in the second half of the summer term, with somebody from the secondary school at the third session.',
      },
      {
        type: 'list',
        ordered: true,
        entries: [
          'What I bring: strengths cards, a photograph of something I am proud of, group promises.',
          'What I have heard: sort rumours into true, untrue and let us ask. Write the questions.',
          'Answers: a Year 7 pupil and a tutor answer the questions; walk the route from the gate to the tutor room on a film or a map.',
          'When it goes wrong: lost, late, alone at lunch, forgotten kit. Rehearse one sentence and one place for each.',
          'My page: write what helps me learn, what worries me and what you would see. Decide who gets it.',
        ],
      },
      {
        type: 'paragraph',
        text: 'Meet once more in October, at the new school. It is the session pupils remember.',
      },
    ],
  },
]
