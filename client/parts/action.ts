import type { Key } from '../text/messages.svelte.ts';
import { t } from '../text/messages.svelte.ts';
import type { MenuItem } from '../ui/menu.ts';
import type { Chord } from './chord.ts';
import { isForButtons, isTyping, keysOf, presses } from './chord.ts';
import type { KeyGroup, KeyLine } from './view.ts';

/**
 * Something that a person can do to a target. Keys, menus and the help all read this one entry. If it changes the
 * document, `run` calls a command of a collection.
 */
export interface Action<Target> {
  readonly name: Key;
  /** Its name in a menu, if that names the target. */
  readonly label?: (target: Target) => string;
  /** Chords that invoke it; the help shows the first. */
  readonly keys?: readonly Chord[];
  /** One line of the help for several actions, and the keys that it shows. */
  readonly series?: KeyLine;
  readonly icon?: string;
  readonly danger?: boolean;
  /** Whether this person has the action on this target. If not, keys pass through and menus leave it out. */
  readonly may: (target: Target) => boolean;
  /** Whether it would do anything now; menus show it as disabled if not. */
  readonly can?: (target: Target) => boolean;
  /** Given for an action that switches something on and off. */
  readonly isOn?: (target: Target) => boolean;
  readonly run: (target: Target) => void;
}

/** How keys reach a target. */
export interface KeyTarget {
  /** Whether the focus is on the target itself, not on a button inside it. */
  readonly isFocused: boolean;
  /** Whether letters and digits are shortcuts. */
  readonly letterKeys: boolean;
}

/** Runs the first action that matches a key event. Returns whether there was one. */
export function pressAction<Target>(
  actions: readonly Action<Target>[],
  event: KeyboardEvent,
  target: Target,
  { isFocused, letterKeys }: KeyTarget,
): boolean {
  const isPressed = (chord: Chord) =>
    (isFocused || !isForButtons(chord)) && (letterKeys || !isTyping(chord)) && presses(event, chord);
  const action = actions.find(({ keys, may }) => keys?.some(isPressed) && may(target));
  action?.run(target);
  return action !== undefined;
}

/** Menu items for the actions that are available on a target. */
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

/** Help lines for all actions that have keys. */
export function helpLines<Target>(actions: readonly Action<Target>[]): KeyGroup['keys'] {
  const lines = actions.flatMap(({ name, keys: [chord] = [], series }): KeyLine[] =>
    chord === undefined ? [] : [series ?? [keysOf(chord), name]],
  );
  // Actions of one series, or with the same name, share a line.
  return [...new Map(lines.map((line) => [line[1], line] as const)).values()];
}
