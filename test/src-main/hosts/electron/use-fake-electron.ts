/** Preloaded into the process that runs the built bundle: `electron` becomes the fake. */
import { registerHooks } from 'node:module'

const fake = new URL('fake-electron.ts', import.meta.url).href
registerHooks({
  resolve: (specifier, context, next) =>
    specifier === 'electron' ? { url: fake, shortCircuit: true } : next(specifier, context),
})
// The host starts its children with the Node that is shipped beside Electron, not with itself.
Object.defineProperty(process.versions, 'electron', { value: '41.0.0' })
