import { resolve } from 'node:path'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import { entries } from './src-main/entry-path.ts'

const source = (file: string): string => resolve(import.meta.dirname, file)

/** Every program that runs as a process or thread of its own becomes `out/main/<name>.js`. */
const programs = Object.fromEntries(
  Object.entries(entries).map(([name, file]) => [name, source(`src-main/${file}`)]),
)

export default defineConfig({
  main: {
    build: {
      outDir: 'out/main',
      rollupOptions: {
        input: { electron: source('src-main/hosts/electron.ts'), ...programs },
      },
    },
  },
  preload: {
    build: {
      outDir: 'out/preload',
      // A sandboxed preload script is loaded as CommonJS and may require nothing but Electron.
      externalizeDeps: false,
      rollupOptions: {
        input: { index: source('src-preload/index.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: source('src-renderer'),
    plugins: [vue()],
    build: {
      outDir: source('out/renderer'),
      emptyOutDir: true,
      rollupOptions: { input: source('src-renderer/index.html') },
    },
  },
})
