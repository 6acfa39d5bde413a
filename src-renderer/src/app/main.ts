import '@fontsource-variable/inter/index.css'
import '../ui/theme/base.css'
import '../ui/theme/layout.css'
import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { createPinia } from 'pinia'
import { createApp } from 'vue'
import { connection } from '../api/client.ts'
import App from './App.vue'
import { router } from './router.ts'

const queryClient = new QueryClient({
  defaultOptions: {
    // The link itself waits for a lost connection, so what fails here has been refused.
    queries: {
      staleTime: 5_000,
      // What a view showed is there again when it is opened, also while the host is away.
      gcTime: 30 * 60_000,
      retry: 1,
      networkMode: 'always',
      refetchOnWindowFocus: false,
    },
    mutations: { networkMode: 'always' },
  },
})
let opened = false
connection.onOpen(() => {
  if (opened) void queryClient.invalidateQueries()
  opened = true
})
void connection.run()

createApp(App).use(createPinia()).use(router).use(VueQueryPlugin, { queryClient }).mount('#app')
