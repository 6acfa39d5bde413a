/** Components, for tools that read no .vue files; vue-tsc knows each by itself. */
declare module '*.vue' {
  import type { DefineComponent } from 'vue'

  const component: DefineComponent
  export default component
}
