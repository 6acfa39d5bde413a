import js from '@eslint/js'
import prettier from 'eslint-config-prettier'
import { createNodeResolver, importX } from 'eslint-plugin-import-x'
import vue from 'eslint-plugin-vue'
import globals from 'globals'
import ts from 'typescript-eslint'

/**
 * Imports point one way: renderer -> shared <- main; inside main: hosts -> workbench -> services ->
 * store -> base. What each service may import beside itself and `base`:
 */
const services = {
  base: [],
  store: [],
  tensorboard: [],
  video: [],
  library: ['store'],
  masks: ['store', 'video', 'media'],
  media: ['store', 'video'],
  datasets: ['store', 'video', 'masks'],
  trainer: ['store', 'video', 'masks', 'tensorboard'],
  doctor: ['trainer'],
  runs: ['store', 'trainer', 'tensorboard', 'evaluations'],
  evaluations: ['store', 'datasets', 'trainer', 'runs'],
  reports: ['store', 'trainer', 'runs', 'evaluations'],
  recovery: ['store', 'trainer', 'tensorboard', 'runs'],
}
const rooms = Object.keys(services)
/** Each zone: files under `target` may not import from `from`. */
const zones = [
  {
    target: './src-shared',
    from: ['./src-main', './src-renderer', './src-preload'],
    message: 'src-shared is imported by both sides and imports neither.',
  },
  {
    target: './src-renderer',
    from: ['./src-main', './src-preload'],
    message: 'The renderer reaches the host through the contract alone.',
  },
  {
    target: './src-main',
    from: ['./src-renderer', './src-preload'],
    message: 'Main does not know the renderer.',
  },
  {
    target: './src-preload',
    from: ['./src-main', './src-renderer'],
    message: 'The preload script hands over the port and knows nothing else.',
  },
  ...Object.entries(services).map(([service, allowed]) => ({
    target: `./src-main/${service}`,
    from: [
      ...rooms.filter((room) => room !== service && room !== 'base' && !allowed.includes(room)),
      ...['router', 'bench', 'demo', 'study', 'hosts', 'workbench.ts'],
    ].map((room) => `./src-main/${room}`),
    message: `src-main/${service} may import base and [${allowed.join(', ')}] alone.`,
  })),
  {
    target: './src-main/workbench.ts',
    from: './src-main/hosts',
    message: 'The workbench does not know its hosts.',
  },
]

export default ts.config(
  { ignores: ['out/', 'dist/', 'node_modules/', 'coverage/', 'demo/'] },
  js.configs.recommended,
  ts.configs.strict,
  vue.configs['flat/recommended'],
  {
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({ extensions: ['.ts', '.js', '.mjs', '.vue'] }),
      ],
    },
    rules: {
      'import-x/no-restricted-paths': ['error', { zones }],
      'import-x/no-cycle': 'error',
      'max-lines': ['error', { max: 400 }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-warning-comments': ['error', { terms: ['fixme', 'xxx'] }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['**/*.vue'],
    languageOptions: { parserOptions: { parser: ts.parser } },
  },
  { files: ['src-renderer/**'], languageOptions: { globals: globals.browser } },
  {
    files: ['src-main/**', 'src-preload/**', 'scripts/**', 'test/**', '*.config.*', 'bin/*'],
    languageOptions: { globals: globals.node },
  },
  {
    files: ['src-shared/**'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^(node:|electron$|vue$)', message: 'src-shared has no Node and no DOM.' },
          ],
        },
      ],
      'no-restricted-globals': ['error', 'process', 'Buffer', 'window', 'document'],
    },
  },
  {
    files: ['src-main/**'],
    ignores: ['src-main/hosts/electron.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { regex: '^electron', message: 'Only src-main/hosts/electron.ts imports electron.' },
          ],
        },
      ],
    },
  },
  {
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'Math',
          property: 'random',
          message: 'Hand in a seeded Rng (src-shared/random).',
        },
      ],
    },
  },
  prettier,
)
