import * as Y from 'yjs';
import type { TextField } from '$shared/schema/field.ts';
import { beginning } from '$shared/text/graphemes.ts';
import { jointAfter, needsNoJoint } from '$shared/text/joint.ts';
import { oneLineInPlace } from '$shared/text/lines.ts';
import type { Splice } from '$shared/text/splice.ts';
import { spliceBetween } from '$shared/text/splice.ts';

type Delta = Y.YTextEvent['delta'];

/** A person's caret or selection in a text, as positions that stay with their characters. */
export interface Caret {
  readonly anchor: string;
  readonly head: string;
}

/**
 * Binds a textarea (or an input) to a Y.Text while it is edited. Typed text goes into the document at once. Text from
 * others appears, and the caret stays between the same characters. While an input method composes, the element is left
 * alone: others' changes are held back, and the composed text is moved past them when composing ends. In a one-line field
 * a line end is shown and written as a space, however it came. One in the document stays there.
 *
 * Words that are typed onto the end of a text get a space before them if they need one. The space is in the element before
 * them, so that an input method composes behind it. It is written together with them, or taken out again.
 */
export class TextBinding {
  readonly #area: HTMLTextAreaElement | HTMLInputElement;
  readonly #text: Y.Text;
  readonly #write: (edit: () => void) => void;
  readonly #moved: (caret: Caret) => void;
  readonly #field: Pick<TextField, 'max' | 'line'>;
  /** The text of the element, as the document knows it. */
  #shown: string;
  /** Others' changes that arrived while composing; null if nothing is being composed. */
  #held: Delta[] | null = null;
  #writing = false;
  #isClosed = false;
  /** The space at the end of the element that is not in the document yet; empty if there is none. */
  #joint: '' | ' ';

  /**
   * `write` runs an edit in a transaction that undo records. `moved` is called for each move of the caret. `joins`: the
   * first words are typed onto the end of the text.
   */
  constructor(
    area: HTMLTextAreaElement | HTMLInputElement,
    text: Y.Text,
    field: Pick<TextField, 'max' | 'line'>,
    write: (edit: () => void) => void,
    moved: (caret: Caret) => void,
    joins = false,
  ) {
    this.#area = area;
    this.#text = text;
    this.#field = field;
    this.#write = write;
    this.#moved = moved;
    this.#shown = this.#read();
    this.#joint = joins ? jointAfter(this.#shown) : '';
    // An input method may be about to compose: the element is left alone if it has the text.
    if (area.value !== this.#shown + this.#joint) area.value = this.#shown + this.#joint;
    area.addEventListener('input', this.#typed);
    area.addEventListener('compositionstart', this.#compose);
    area.addEventListener('compositionend', this.#composed);
    document.addEventListener('selectionchange', this.#select);
    text.observe(this.#changed);
    // An element that already has the focus fires no event for its caret. Later, so that no effect depends on it.
    queueMicrotask(() => {
      if (!this.#isClosed) this.#select();
    });
  }

  /** Writes text that is being composed into the document, so that it survives the element. */
  flush(): void {
    this.#composed();
  }

  close(): void {
    this.#composed();
    this.#isClosed = true;
    this.#area.removeEventListener('input', this.#typed);
    this.#area.removeEventListener('compositionstart', this.#compose);
    this.#area.removeEventListener('compositionend', this.#composed);
    document.removeEventListener('selectionchange', this.#select);
    this.#text.unobserve(this.#changed);
  }

  #typed = () => {
    if (this.#held === null) this.#push([]);
  };

  #compose = () => {
    this.#held ??= [];
  };

  #composed = () => {
    if (this.#held === null) return;
    const held = this.#held;
    this.#held = null;
    this.#push(held);
  };

  #changed = (event: Y.YTextEvent) => {
    if (this.#writing) return;
    if (this.#held) this.#held.push(event.delta);
    else this.#show([event.delta]);
  };

  /** Writes typed text into the document, past others' changes that the element has not shown. */
  #push(held: readonly Delta[]): void {
    const inArea = this.#asField(this.#area.value);
    const hasJoint = this.#joint !== '';
    this.#joint = '';
    const lead = `${this.#shown} `;
    if (hasJoint && inArea.length > lead.length && inArea.startsWith(lead))
      return this.#append(inArea.slice(lead.length));
    // Without words after the space, as when a composition comes to nothing, it is no part of the text.
    const given = hasJoint && inArea.endsWith(' ') ? inArea.slice(0, -1) : inArea;
    const caret = {
      start: Math.min(this.#area.selectionStart ?? 0, given.length),
      end: Math.min(this.#area.selectionEnd ?? given.length, given.length),
    };
    const splice = spliceBetween(this.#shown, given, caret.end);
    const going = remaining(held, splice);
    const left = going.reduce((sum, run) => sum - run.length, this.#text.length);
    const insert = beginning(splice.insert, this.#field.max - left);
    if (going.length > 0 || insert !== '') {
      const at = caretOver(held, splice.index);
      this.#writing = true;
      this.#write(() => {
        // From the end, so that the indices of the remaining runs stay right.
        for (const run of going) this.#text.delete(run.index, run.length);
        if (insert !== '') this.#text.insert(Math.min(at, this.#text.length), insert);
      });
      this.#writing = false;
    }
    this.#shown = this.#read();
    if (this.#area.value !== this.#shown) {
      // Needed only after composing beside others, past the limit, or for a line end: the caret moves with their changes.
      const over = (index: number) => carried(held, index, splice, insert.length);
      this.#place(over(caret.start), over(caret.end));
    }
  }

  /** Writes the first words at the end of the text, where others may have written meanwhile. */
  #append(words: string): void {
    const end = this.#text.length;
    const room = this.#field.max - end;
    const joint = room < 2 || needsNoJoint(words) ? '' : jointAfter(this.#text.toJSON());
    const insert = beginning(joint + words, room);
    this.#writing = true;
    if (insert !== '') this.#write(() => this.#text.insert(end, insert));
    this.#writing = false;
    const after = this.#area.value.length - (this.#area.selectionEnd ?? 0);
    this.#shown = this.#read();
    if (this.#area.value === this.#shown) return;
    const caret = Math.max(0, this.#shown.length - after);
    this.#place(caret, caret);
  }

  #read(): string {
    return this.#asField(this.#text.toJSON());
  }

  #asField(text: string): string {
    return this.#field.line ? oneLineInPlace(text) : text;
  }

  /** Shows others' changes. A selection stays on its characters. */
  #show(deltas: readonly Delta[]): void {
    const start = caretOver(deltas, this.#area.selectionStart ?? 0);
    const end = caretOver(deltas, this.#area.selectionEnd ?? 0);
    this.#shown = this.#read();
    this.#joint = '';
    this.#place(start, end);
  }

  #place(start: number, end: number): void {
    const direction = this.#area.selectionDirection ?? undefined;
    const focused = document.activeElement === this.#area;
    this.#area.value = this.#shown;
    // Setting a selection would move the focus in some browsers.
    if (focused) this.#area.setSelectionRange(start, end, direction);
    this.#area.dispatchEvent(new CustomEvent('shown'));
  }

  #select = () => {
    if (document.activeElement !== this.#area || this.#held !== null) return;
    const start = this.#area.selectionStart ?? 0;
    const end = this.#area.selectionEnd ?? 0;
    const backward = this.#area.selectionDirection === 'backward';
    this.#moved({
      anchor: encodePosition(this.#text, backward ? end : start),
      head: encodePosition(this.#text, backward ? start : end),
    });
  };
}

/** Encodes a place in a text as a short string. It stays with its character, whatever others type. */
function encodePosition(text: Y.Text, index: number): string {
  const bytes = Y.encodeRelativePosition(
    Y.createRelativePositionFromTypeIndex(text, Math.min(index, text.length)),
  );
  return btoa(String.fromCharCode(...bytes));
}

/** The current index of an encoded position in this text; null if it belongs to another text or is malformed. */
export function decodePosition(text: Y.Text, encoded: string): number | null {
  try {
    const bytes = Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0));
    const absolute = text.doc
      ? Y.createAbsolutePositionFromRelativePosition(Y.decodeRelativePosition(bytes), text.doc)
      : null;
    return absolute?.type === text ? absolute.index : null;
  } catch {
    return null;
  }
}

/** Maps a caret of the old text through the changes. Text inserted exactly at the caret ends up after it. */
export function caretOver(deltas: readonly Delta[], index: number): number {
  for (const delta of deltas) {
    let old = 0;
    let shift = 0;
    for (const op of delta) {
      if (old >= index) break;
      if (op.retain !== undefined) old += op.retain;
      else if (op.delete !== undefined) {
        shift -= Math.min(op.delete, index - old);
        old += op.delete;
      } else if (typeof op.insert === 'string') shift += op.insert.length;
    }
    index += shift;
  }
  return index;
}

/** Maps a character index of the old text through the changes; null if the character was deleted. */
export function characterOver(deltas: readonly Delta[], index: number): number | null {
  for (const delta of deltas) {
    let old = 0;
    let shift = 0;
    for (const op of delta) {
      if (old > index) break;
      if (op.retain !== undefined) old += op.retain;
      else if (op.delete !== undefined) {
        if (index < old + op.delete) return null;
        shift -= op.delete;
        old += op.delete;
      } else if (typeof op.insert === 'string') shift += op.insert.length;
    }
    index += shift;
  }
  return index;
}

/**
 * Maps the removed part of a splice through the changes of others: the runs that still exist, last one first. Runs, not
 * code units, so that a character of two units is never cut in two.
 */
function remaining(held: readonly Delta[], splice: Splice): { index: number; length: number }[] {
  if (held.length === 0) return splice.remove > 0 ? [{ index: splice.index, length: splice.remove }] : [];
  const runs: { index: number; length: number }[] = [];
  for (let i = splice.index + splice.remove - 1; i >= splice.index; i--) {
    const now = characterOver(held, i);
    if (now === null) continue;
    const run = runs.at(-1);
    if (run && now === run.index - 1) {
      run.index--;
      run.length++;
    } else runs.push({ index: now, length: 1 });
  }
  return runs;
}

/**
 * Maps a caret of the element to the document's text, after the splice was applied over `held`. `kept` is the number of
 * code units of the typed text that were applied.
 */
function carried(held: readonly Delta[], caret: number, splice: Splice, kept: number): number {
  if (caret <= splice.index) return caretOver(held, caret);
  const typed = Math.min(caret - splice.index, splice.insert.length);
  const behind = caret - splice.index - typed;
  const at = caretOver(held, splice.index) + Math.min(typed, kept);
  return (
    at +
    caretOver(held, splice.index + splice.remove + behind) -
    caretOver(held, splice.index + splice.remove)
  );
}
