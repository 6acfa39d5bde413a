import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'electron-vite'
import type { Plugin } from 'vite'
import { entries } from './src-main/base/processes/entry-path.ts'

const root = import.meta.dirname

/** Processes and threads of their own: `entryPath` finds each bundle under its name. */
const children = Object.fromEntries(
  Object.entries(entries).map(([name, source]) => [name, join(root, 'src-main', source)]),
)

/** Bytes below which a compressed copy saves nothing worth a file. */
const worthCompressing = 1024

/**
 * Leaves compressed copies of scripts and styles beside them, which the web host serves: over a
 * tunnel to another machine the page comes several times faster.
 */
function compressed(): Plugin {
  const byBrotli = promisify(brotliCompress)
  const byGzip = promisify(gzip)
  const best = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } }
  return {
    name: 'compressed',
    apply: 'build',
    generateBundle: {
      order: 'post',
      async handler(_options, bundle) {
        for (const file of Object.values(bundle)) {
          if (!/\.(js|css|svg)$/.test(file.fileName)) continue
          const content = Buffer.from(file.type === 'chunk' ? file.code : file.source)
          if (content.length < worthCompressing) continue
          const copies = {
            br: await byBrotli(content, best),
            gz: await byGzip(content, { level: 9 }),
          }
          for (const [ending, source] of Object.entries(copies))
            this.emitFile({ type: 'asset', fileName: `${file.fileName}.${ending}`, source })
        }
      },
    },
  }
}

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
    // Comments are no elements, so that a component with one before its root still has one root,
    // however the page is built.
    plugins: [vue({ template: { compilerOptions: { comments: false } } }), compressed()],
    build: {
      minify: true,
      rolldownOptions: { input: join(root, 'src-renderer/index.html') },
    },
  },
})
