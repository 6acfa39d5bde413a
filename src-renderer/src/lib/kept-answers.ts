/**
 * The last answers of the service, the ones used longest ago forgotten first: what is opened again
 * shows at once what it had, also while the host is away.
 */
export class KeptAnswers<Answer> {
  readonly #most: number
  readonly #answers = new Map<string, Answer>()

  constructor(most: number) {
    this.#most = most
  }

  keep(request: string, answer: Answer): void {
    this.#answers.delete(request)
    this.#answers.set(request, answer)
    for (const oldest of this.#answers.keys()) {
      if (this.#answers.size <= this.#most) return
      this.#answers.delete(oldest)
    }
  }

  of(request: string): Answer | undefined {
    const answer = this.#answers.get(request)
    if (answer !== undefined) this.keep(request, answer)
    return answer
  }
}
