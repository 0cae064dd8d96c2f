import type { Key } from '../text/messages.svelte.ts';
import { t } from '../text/messages.svelte.ts';
import type { MenuItem } from '../ui/menu.ts';
import type { Chord } from './chord.ts';
import { isForButtons, isTyping, keysOf, presses } from './chord.ts';
import type { KeyGroup, KeyLine } from './view.ts';

/**
 * Something that a person can invoke on a target: keys, menus and the help read this one entry. What changes the
 * document is a command of a collection, which `run` calls.
 */
export interface Action<Target> {
  readonly name: Key;
  /** Its name in a menu, where it says what it is about. */
  readonly label?: (target: Target) => string;
  /** Chords, each of which invokes it; the first is shown. */
  readonly keys?: readonly Chord[];
  /** One line of the help that stands for several actions, and what is shown as their keys. */
  readonly series?: KeyLine;
  readonly icon?: string;
  readonly danger?: boolean;
  /** Whether there is such an action on this target, for this person. Where not, keys pass and menus leave it out. */
  readonly may: (target: Target) => boolean;
  /** Whether it would do anything just now; menus show one that would not as disabled. */
  readonly can?: (target: Target) => boolean;
  /** Given: the action switches something, which is on or off. */
  readonly isOn?: (target: Target) => boolean;
  readonly run: (target: Target) => void;
}

/** How keys reach a target. */
export interface KeyTarget {
  /** Whether the focus is on the target itself, and not on a button within it. */
  readonly isFocused: boolean;
  /** Whether letters and digits are shortcuts. */
  readonly letters: boolean;
}

/** Runs the first action that an event invokes. Returns whether there was one. */
export function pressAction<Target>(
  actions: readonly Action<Target>[],
  event: KeyboardEvent,
  target: Target,
  { isFocused, letters }: KeyTarget,
): boolean {
  const isPressed = (chord: Chord) =>
    (isFocused || !isForButtons(chord)) && (letters || !isTyping(chord)) && presses(event, chord);
  const action = actions.find(({ keys, may }) => keys?.some(isPressed) && may(target));
  action?.run(target);
  return action !== undefined;
}

/** The lines of a menu for those actions that there are on a target. */
export function menuItems<Target>(actions: readonly Action<Target>[], target: Target): MenuItem[] {
  return actions
    .filter(({ may }) => may(target))
    .map(({ name, label, keys, icon, danger, can, isOn, run }) => ({
      kind: 'item',
      label: label?.(target) ?? t(name),
      onselect: () => run(target),
      ...(icon !== undefined && { icon }),
      ...(danger && { danger }),
      ...(keys?.[0] !== undefined && { keys: keysOf(keys[0]).join(' ') }),
      ...(isOn && { checked: isOn(target) }),
      ...(can && !can(target) && { disabled: true }),
    }));
}

/** The lines of the help for all actions that have keys. */
export function helpLines<Target>(actions: readonly Action<Target>[]): KeyGroup['keys'] {
  const lines = actions.flatMap(({ name, keys: [chord] = [], series }): KeyLine[] =>
    chord === undefined ? [] : [series ?? [keysOf(chord), name]],
  );
  // A series, and two actions of one name, are one line.
  return [...new Map(lines.map((line) => [line[1], line] as const)).values()];
}
