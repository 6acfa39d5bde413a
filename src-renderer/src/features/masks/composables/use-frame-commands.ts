import { commandsOf, type Command } from '../../../commands/command.ts'
import { useCommands } from '../../../commands/use-commands.ts'
import type { Propagation } from './use-propagation.ts'

/** Keys of masks by frame. */
export function useFrameCommands(options: {
  /** To another frame of the clip. */
  go: (by: 1 | -1) => void
  /** To the next or the last frame that has something of its own. */
  goToOwn: (by: 1 | -1) => void
  nextScope: () => void
  toggleOnion: () => void
  dropOwn: () => void
  keep: () => void
  /** Whether some of the frames in question are not kept yet. */
  canKeep: () => boolean
  isOpen: () => boolean
  hasOwn: () => boolean
}) {
  const { go, goToOwn, nextScope, toggleOnion, dropOwn, keep: keepShown } = options
  const command = commandsOf('Correct', options.isOpen)
  const ofOwn = commandsOf('Correct', options.hasOwn)
  const ofKeepable = commandsOf('Correct', options.canKeep)
  const [before, next, ownBefore, ownNext, scope, onion, drop, keep] = useCommands([
    command('frames.before', 'One frame of the clip back', 'Ctrl+ArrowLeft', () => go(-1)),
    command('frames.next', 'One frame of the clip forward', 'Ctrl+ArrowRight', () => go(1)),
    command('frames.own-before', 'Previous frame with a mask of its own', 'Shift+PageUp', () =>
      goToOwn(-1),
    ),
    command('frames.own-next', 'Next frame with a mask of its own', 'Shift+PageDown', () =>
      goToOwn(1),
    ),
    command('frames.scope', 'Edit clip, frame, or from here on', 'Shift+E', nextScope),
    command('frames.onion', 'Outline the mask of the frame before', 'Shift+Y', toggleOnion),
    ofOwn('frames.drop', 'Give the frame the mask of the clip', 'Shift+U', dropOwn),
    ofKeepable(
      'frames.keep',
      'Keep the mask of the frame, or of the marked ones',
      'Shift+H',
      keepShown,
    ),
  ] as const satisfies readonly Command[])
  return { before, next, ownBefore, ownNext, scope, onion, drop, keep }
}

/** Keys that propagate a mask, and take or leave what comes of it. */
export function usePropagateCommands(options: {
  propagation: Propagation
  acceptReady: () => void
  acceptThis: () => void
  hasReady: () => boolean
  /** Whether the frame in sight has a proposal that can be taken. */
  isReady: () => boolean
}) {
  const { hasMask, canStart, start, proposed, running } = options.propagation
  const { cancel: stop, discard: leave } = options.propagation
  const ofReady = commandsOf('Correct', options.hasReady)
  const ofThis = commandsOf('Correct', options.isReady)
  const whileRunning = commandsOf('Correct', () => running.value)
  const afterwards = commandsOf('Correct', () => !running.value && proposed.value.size > 0)
  const [propagate, acceptAll, acceptThis, cancel, discard] = useCommands([
    {
      name: 'frames.propagate',
      label: 'Propagate the mask of this frame',
      group: 'Correct',
      shortcut: 'Shift+P',
      enabled: () => canStart.value,
      reason: () =>
        hasMask.value
          ? 'No run with an encoder of colours has a checkpoint yet.'
          : 'Draw a mask on a frame of the clip first.',
      perform: () => void start(),
    },
    ofReady('frames.accept', 'Accept what was propagated', 'Ctrl+Enter', options.acceptReady),
    ofThis('frames.accept-one', 'Accept this frame', 'Shift+Enter', options.acceptThis),
    whileRunning('frames.cancel', 'Cancel propagation', 'Escape', stop),
    afterwards('frames.discard', 'Discard what was propagated', 'Shift+Delete', leave),
  ] as const satisfies readonly Command[])
  return { propagate, acceptAll, acceptThis, cancel, discard }
}
