import { Timers } from './timers.ts';

/** A short message about what has just happened, with at most one action. */
export interface Toast {
  readonly id: number;
  readonly text: string;
  readonly tone: 'plain' | 'warning';
  /** Whether it stays until the person acts on it or closes it. */
  readonly stays: boolean;
  readonly action: { readonly label: string; readonly run: () => void } | null;
  readonly isLong: boolean;
}

/** Time to read a line and reach its button. The timer pauses under the pointer and the focus. */
const shownMs = 7_000;
/** For a message to a person whose eyes are elsewhere. */
const longMs = 20_000;
/** More at once would cover the board. The oldest is removed. */
const most = 3;

let shown: readonly Toast[] = $state.raw([]);
const timers = new Timers();
let lastId = 0;

/** The toasts on the screen, oldest first. */
export function toasts(): readonly Toast[] {
  return shown;
}

/** Shows a toast and returns its id. A toast with the same text is replaced. */
export function toast(
  text: string,
  {
    action = null,
    tone = 'plain',
    isLong = false,
    stays = false,
  }: Partial<Pick<Toast, 'action' | 'tone' | 'isLong' | 'stays'>> = {},
): number {
  const next: Toast = { id: ++lastId, text, tone, action, isLong, stays };
  shown = [...shown.filter((one) => one.text !== text), next].slice(-most);
  resume(next.id);
  return next.id;
}

export function dismiss(id: number): void {
  hold(id);
  shown = shown.filter((one) => one.id !== id);
}

/** Pauses the timer of a toast while the pointer or the focus is on it. */
export function hold(id: number): void {
  timers.stop(id);
}

/** Lets the timer of a toast run again. */
export function resume(id: number): void {
  const one = shown.find((each) => each.id === id);
  if (!one?.stays) timers.start(id, one?.isLong ? longMs : shownMs, () => dismiss(id));
}
