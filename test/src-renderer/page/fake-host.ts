import { VueQueryPlugin, QueryClient } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { createPinia } from 'pinia'
import { vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { connection } from '../../../src-renderer/src/api/client.ts'

/** Answers of a host by the path of the call, such as `runs.list`. */
export type Answers = Readonly<Record<string, (input: unknown) => unknown>>

/** Lets the page talk to a host with these answers; returns the calls as they come. */
export function fakeHost(answers: Answers): { path: string; input: unknown }[] {
  const calls: { path: string; input: unknown }[] = []
  vi.spyOn(connection, 'call').mockImplementation((parts, input) => {
    const path = parts.join('.')
    calls.push({ path, input })
    const answer = answers[path]
    if (!answer) return Promise.reject(new Error(`The fake host has no answer to ${path}.`))
    return Promise.resolve(answer(input))
  })
  return calls
}

/** What a component needs around it: queries that are not repeated, and an empty store. */
export function surroundings() {
  const queryClient = new QueryClient({ defaultOptions: { queries: { retry: false } } })
  return {
    plugins: [createPinia(), [VueQueryPlugin, { queryClient }] as [typeof VueQueryPlugin, object]],
  }
}

/** Runs a composable inside a mounted component. */
export function setUp<Result>(composable: () => Result): Result {
  const results: Result[] = []
  mount(
    defineComponent({
      setup() {
        results.push(composable())
        return () => h('div')
      },
    }),
    { global: surroundings() },
  )
  return results[0]!
}
