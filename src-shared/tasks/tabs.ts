/** Tabs of tasks that answer test videos with a class. */
export const answerTabs = ['summary', 'confusion', 'classes', 'answers', 'dives'] as const

/** The same of tasks that answer with the nearest training videos. */
export const neighbourTabs = [
  'summary',
  'confusion',
  'classes',
  'answers',
  'neighbours',
  'dives',
] as const
