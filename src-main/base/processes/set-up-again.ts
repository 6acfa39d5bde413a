/**
 * How set-up is tried again: a button of the page does it in a package, a command in a clone.
 * @param variables what the command is given, such as `FAME_TENSORFLOW_KIND=cuda`
 * @returns the beginning of a sentence
 */
export function setUpAgain(variables = ''): string {
  if (!process.env.FAME_SETUP) return `Run \`${variables && `${variables} `}npm run setup\``
  const before = variables && `Start the workbench with ${variables}, then choose`
  return `${before || 'Choose'} “Set up training”`
}
