import { join } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { entries } from './src-main/entry-path.ts'

const root = import.meta.dirname

/** Processes and threads of their own: `entryPath` finds each bundle under its name. */
const children = Object.fromEntries(
  Object.entries(entries).map(([name, source]) => [name, join(root, 'src-main', source)]),
)

export default defineConfig({
  main: {
    build: {
      target: 'node24',
      rolldownOptions: {
        input: { electron: join(root, 'src-main/hosts/electron.ts'), ...children },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload script is CommonJS and requires nothing from node_modules.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: join(root, 'src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: join(root, 'src-renderer'),
    plugins: [vue()],
    build: {
      rolldownOptions: { input: join(root, 'src-renderer/index.html') },
    },
  },
})
