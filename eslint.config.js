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
  flow: ['store', 'video'],
  decoder: ['video', 'masks', 'flow', 'pairs'],
  media: ['store', 'video'],
  datasets: ['store', 'video', 'masks'],
  trainer: ['store', 'video', 'flow', 'tensorboard'],
  doctor: ['trainer'],
  selftest: ['trainer'],
  cluster: [],
  runs: ['store', 'trainer', 'tensorboard', 'evaluations'],
  pairs: ['store', 'video', 'trainer', 'runs'],
  propagation: ['store', 'masks', 'trainer', 'runs'],
  evaluations: ['store', 'datasets', 'trainer', 'runs'],
  reports: ['store', 'trainer', 'runs', 'evaluations'],
  recovery: ['store', 'trainer', 'tensorboard', 'runs'],
}
const rooms = Object.keys(services)
/**
 * What is linted with types. Not the components: what comes from their templates only vue-tsc knows,
 * and each would need a program of its own, which takes five times as long as all else.
 */
const typed = ['src-main/**/*.ts', 'src-shared/**/*.ts', 'src-preload/**/*.ts']
const typedPage = ['src-renderer/**/*.ts']
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
      'max-lines': ['error', { max: 300, skipBlankLines: true, skipComments: true }],
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      'no-warning-comments': ['error', { terms: ['fixme', 'xxx'] }],
      eqeqeq: 'error',
    },
  },
  {
    files: ['src-main/**', 'src-shared/**', 'src-preload/**', 'src-renderer/**'],
    // The loop of pretraining is read from top to bottom.
    ignores: ['src-main/trainer/training/pretrain.ts'],
    rules: {
      'max-lines-per-function': ['error', { max: 60, skipBlankLines: true, skipComments: true }],
    },
  },
  ...ts.configs.strictTypeCheckedOnly.map((config) => ({
    ...config,
    files: [...typed, ...typedPage],
  })),
  {
    files: typed,
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.node.json', './tsconfig.preload.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  {
    files: typedPage,
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.web.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
  },
  {
    files: [...typed, ...typedPage],
    rules: {
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      // oRPC awaits what `send` of a socket gives, though the type does not say so.
      '@typescript-eslint/no-misused-promises': [
        'error',
        { checksVoidReturn: { properties: false } },
      ],
      // Messages hold numbers; objects in them are found by no-base-to-string.
      '@typescript-eslint/restrict-template-expressions': 'off',
      // `return refuse(socket)` ends a function that returns nothing, in one line.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      // The type of an element does not say that the index may lie outside.
      '@typescript-eslint/no-unnecessary-condition': 'off',
      // Who keeps a contract that promises need not wait for anything.
      '@typescript-eslint/require-await': 'off',
      // A caller names what comes over a channel.
      '@typescript-eslint/no-unnecessary-type-parameters': 'off',
      // Whatever has the fields serves.
      '@typescript-eslint/no-unsafe-class-instance-assignment': 'off',
      // `void item` says that an iteration does not use it.
      '@typescript-eslint/no-meaningless-void-operator': 'off',
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
