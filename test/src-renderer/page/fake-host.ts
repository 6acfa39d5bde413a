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
  connection.state.value = { phase: 'open' }
  vi.spyOn(connection, 'ready').mockResolvedValue({
    link: { call: () => Promise.reject(new Error('Calls do not come this far.')) },
    closed: new Promise<void>(() => undefined),
  })
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
  return mountComposable(composable).result
}

/** The same; `unmount` takes the component away, as when another view is opened. */
export function mountComposable<Result>(composable: () => Result): {
  result: Result
  unmount: () => void
} {
  const results: Result[] = []
  const mounted = mount(
    defineComponent({
      setup() {
        results.push(composable())
        return () => h('div')
      },
    }),
    { global: surroundings() },
  )
  return { result: results[0]!, unmount: () => mounted.unmount() }
}
