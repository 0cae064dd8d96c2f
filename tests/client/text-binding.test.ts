import { afterEach, describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import type { Caret } from '../../client/model/text-binding.ts';
import { decodePosition, TextBinding } from '../../client/model/text-binding.ts';

/** A person at a textarea, with a copy of the text. */
class Typist {
  readonly doc = new Y.Doc();
  readonly text = this.doc.getText('text');
  readonly undo = new Y.UndoManager(this.text, { trackedOrigins: new Set([this]), captureTimeout: 0 });
  readonly area = document.createElement('textarea');
  /** The caret that others see. */
  caret: Caret | null = null;
  binding: TextBinding | null = null;
  readonly #field: { max: number; line?: true };
  #composing: { at: number; length: number } | null = null;

  constructor(field: { max: number; line?: true }) {
    this.#field = field;
    document.body.append(this.area);
  }

  /** `joins`: the first words are typed onto the end, where the element waits with a space before them. */
  open(joins = false): void {
    this.area.focus();
    this.binding = new TextBinding(
      this.area,
      this.text,
      this.#field,
      (edit) => this.doc.transact(edit, this),
      (caret) => (this.caret = caret),
      joins,
    );
    if (joins) this.select(this.area.value.length);
  }

  get shown(): string {
    return this.area.value;
  }

  get selection(): [number, number] {
    return [this.area.selectionStart, this.area.selectionEnd];
  }

  get isComposing(): boolean {
    return this.#composing !== null;
  }

  select(start: number, end = start, direction: 'forward' | 'backward' = 'forward'): this {
    this.area.focus();
    this.area.setSelectionRange(start, end, direction);
    document.dispatchEvent(new Event('selectionchange'));
    return this;
  }

  /** Types letters, pastes, or deletes a selection, as a browser does. */
  type(letters: string): this {
    this.#replace(...this.selection, letters);
    this.area.dispatchEvent(new Event('input'));
    return this;
  }

  /** Replaces the composed letters, as an input method does on each key. */
  compose(letters: string): this {
    if (!this.#composing) {
      const [at, end] = this.selection;
      this.#composing = { at, length: end - at };
      this.area.dispatchEvent(new Event('compositionstart'));
    }
    const { at, length } = this.#composing;
    this.#replace(at, at + length, letters);
    this.#composing = { at, length: letters.length };
    this.area.dispatchEvent(new Event('input'));
    return this;
  }

  commit(letters: string): this {
    this.compose(letters);
    this.#composing = null;
    this.area.dispatchEvent(new Event('compositionend'));
    return this;
  }

  /** Receives everything that another has written since last time. */
  hear(other: Typist): this {
    // Each person has their own screen, so each has the focus.
    this.area.focus();
    Y.applyUpdate(this.doc, Y.encodeStateAsUpdate(other.doc, Y.encodeStateVector(this.doc)), other);
    return this;
  }

  close(): void {
    this.binding?.close();
    this.binding = null;
    this.area.remove();
  }

  #replace(start: number, end: number, letters: string): void {
    this.area.focus();
    const { value } = this.area;
    this.area.value = value.slice(0, start) + letters + value.slice(end);
    this.area.setSelectionRange(start + letters.length, start + letters.length);
  }
}

const typists: Typist[] = [];
afterEach(() => {
  for (const typist of typists.splice(0)) typist.close();
});

/** Ana and Ben, who both have this text. */
function pair(text: string, max = 4_000, line?: true): [ana: Typist, ben: Typist] {
  const field = line ? { max, line } : { max };
  const ana = new Typist(field);
  const ben = new Typist(field);
  typists.push(ana, ben);
  ana.text.insert(0, text);
  Y.applyUpdate(ben.doc, Y.encodeStateAsUpdate(ana.doc));
  ana.open();
  ben.open();
  return [ana, ben];
}

function agree(ana: Typist, ben: Typist): void {
  ana.hear(ben);
  ben.hear(ana);
  expect(ana.text.toJSON()).toBe(ben.text.toJSON());
  for (const one of [ana, ben]) expect(one.shown).toBe(one.text.toJSON());
}

describe('a one-line field', () => {
  const ends = ['\n', '\v', '\f', '\u0085', '\u2028', '\u2029'];

  test.each(ends)('writes a space for the line end %j that is typed, pasted or dropped', (end) => {
    const [ana] = pair('Buys ticket', 4_000, true);
    ana.select(5).type(`a${end}`);
    expect(ana.text.toJSON()).toBe('Buys a ticket');
    expect(ana.shown).toBe('Buys a ticket');
    expect(ana.selection).toEqual([7, 7]);
  });

  test('writes a space for a line end from an input method', () => {
    const [ana] = pair('ab', 4_000, true);
    ana.select(1).compose('か').commit('か\n');
    expect(ana.text.toJSON()).toBe('aか b');
    expect(ana.shown).toBe('aか b');
  });

  test.each(ends)(
    'shows the line end %j of another program as a space, and leaves it in the document',
    (end) => {
      const [ana, ben] = pair(`Buys${end}a ticket`, 4_000, true);
      expect(ana.shown).toBe('Buys a ticket');
      ana.select(13).type('s');
      expect(ana.text.toJSON()).toBe(`Buys${end}a tickets`);
      ben.text.insert(0, `He${end}`);
      expect(ana.hear(ben).shown).toBe('He Buys a tickets');
      expect(ana.selection).toEqual([17, 17]);
    },
  );

  test('shows a line end that undo brings back as a space', () => {
    const [ana] = pair('Buys\na ticket', 4_000, true);
    ana.select(4, 5).type('');
    ana.undo.undo();
    expect(ana.text.toJSON()).toBe('Buys\na ticket');
    expect(ana.shown).toBe('Buys a ticket');
  });
});

test('a field for several lines keeps its line ends', () => {
  const [ana] = pair('a');
  ana.select(1).type('\nb');
  expect(ana.text.toJSON()).toBe('a\nb');
});

test('a text that does not fit is cut between graphemes', () => {
  const [ana] = pair('ab', 10);
  ana.select(1).type('👨‍👩‍👧👨‍👩‍👧');
  expect(ana.text.toJSON()).toBe('a👨‍👩‍👧b');
  expect(ana.shown).toBe('a👨‍👩‍👧b');
});

describe('typing', () => {
  test('reaches the document at once, and the other screen', () => {
    const [ana, ben] = pair('one three');
    ana.select(4).type('two ');
    expect(ana.text.toJSON()).toBe('one two three');
    ben.hear(ana);
    expect(ben.shown).toBe('one two three');
  });

  test('keeps the caret of the other person between the same characters', () => {
    const [ana, ben] = pair('abcdef');
    ben.select(3);
    ana.select(1).type('XX');
    expect(ben.hear(ana).selection).toEqual([5, 5]);
    ana.select(8).type('Y');
    expect(ben.hear(ana).selection).toEqual([5, 5]);
    ana.select(4, 6).type('');
    expect(ben.hear(ana).shown).toBe('aXXbefY');
    expect(ben.selection).toEqual([4, 4]);
  });

  test('at the caret of the other person inserts after it', () => {
    const [ana, ben] = pair('ab');
    ben.select(1);
    ana.select(1).type('X');
    expect(ben.hear(ana).selection).toEqual([1, 1]);
    ben.type('Y');
    agree(ana, ben);
    expect(ana.shown).toBe('aYXb');
    expect(ana.selection).toEqual([3, 3]);
  });

  test('keeps a selection on its characters, and its direction', () => {
    const [ana, ben] = pair('keep this word');
    ben.select(5, 9, 'backward');
    ana.select(0).type('We ');
    expect(ben.hear(ana).selection).toEqual([8, 12]);
    expect(ben.area.selectionDirection).toBe('backward');
  });

  test('the caret decides where a repeated letter is inserted', () => {
    const [ana, ben] = pair('aaa');
    ben.select(2);
    ana.select(0).type('a');
    expect(ben.hear(ana).selection).toEqual([3, 3]);
  });

  test('with undo shows like an edit by others', () => {
    const [ana, ben] = pair('start');
    ana.select(5).type('!');
    ben.hear(ana).select(0).type('> ');
    ana.hear(ben);
    ana.undo.undo();
    expect(ana.shown).toBe('> start');
    ana.undo.redo();
    expect(ana.shown).toBe('> start!');
    agree(ana, ben);
  });

  test('nothing changes nothing', () => {
    const [ana] = pair('same');
    const updates: unknown[] = [];
    ana.doc.on('update', (update: unknown) => updates.push(update));
    ana.type('');
    ana.select(1);
    expect(updates).toEqual([]);
  });
});

describe('the caret that others see', () => {
  test('stays with its character', () => {
    const [ana, ben] = pair('abc');
    ana.select(1, 2, 'backward');
    const { anchor = '', head = '' } = ana.caret ?? {};
    ben.select(0).type('XY');
    expect(decodePosition(ben.text, anchor)).toBe(4);
    expect(decodePosition(ben.text, head)).toBe(3);
    expect(decodePosition(ana.text, head)).toBe(1);
  });

  test('is nowhere if its position is not in this text', () => {
    const [ana, ben] = pair('abc');
    ana.select(1);
    for (const bad of ['', 'not base64!', btoa('\xff\xff\xff\xff'), btoa('x'.repeat(100))]) {
      expect(decodePosition(ben.text, bad)).toBeNull();
    }
    expect(decodePosition(ben.doc.getText('another'), ana.caret?.head ?? '')).toBeNull();
  });
});

describe('composing', () => {
  test('hides unfinished words from others, and moves nothing under the caret', () => {
    const [ana, ben] = pair('start end');
    ben.select(6).compose('に');
    ana.hear(ben).select(0).type('Now: ');
    ben.hear(ana).compose('にほん');
    expect(ben.shown).toBe('start にほんend');
    expect(ana.hear(ben).shown).toBe('Now: start end');
    ben.commit('日本 ');
    expect(ben.shown).toBe('Now: start 日本 end');
    expect(ben.selection).toEqual([14, 14]);
    agree(ana, ben);
  });

  test('over a selection keeps what the other person wrote inside it meanwhile', () => {
    const [ana, ben] = pair('one two three');
    ben.select(4, 7).compose('م');
    ana.select(6).type('ANA');
    ben.hear(ana).commit('مرحبا');
    agree(ana, ben);
    expect(ana.shown).toBe('one مرحباANA three');
    expect(ben.selection).toEqual([9, 9]);
  });

  test('over a selection that the other person removed meanwhile writes in its place', () => {
    const [ana, ben] = pair('one two three');
    ben.select(4, 7).compose('d');
    ana.select(2, 11).type('');
    ben.hear(ana).commit('dos');
    agree(ana, ben);
    expect(ana.shown).toBe('ondosee');
  });

  test("takes in others' edits when it is cancelled", () => {
    const [ana, ben] = pair('start');
    ben.select(5).compose('か');
    ana.select(0).type('A ');
    ben.hear(ana).commit('');
    expect(ben.shown).toBe('A start');
    expect(ben.selection).toEqual([7, 7]);
    agree(ana, ben);
  });

  test('is not lost when the field is left during it', () => {
    const [ana, ben] = pair('start');
    ben.select(5).compose('か');
    ana.select(0).type('A ');
    ben.hear(ana);
    ben.close();
    expect(ben.text.toJSON()).toBe('A startか');
    ana.hear(ben);
    expect(ana.shown).toBe('A startか');
  });

  test("over an emoji beside the other person's edit, and undone, restores the emoji whole", () => {
    const [ana, ben] = pair('a😀b');
    ben.select(1, 3).compose('x');
    ana.select(0).type('A');
    ben.hear(ana).commit('x');
    expect(ben.shown).toBe('Aaxb');
    ben.undo.undo();
    expect(ben.shown).toBe('Aa😀b');
    agree(ana, ben);
  });
});

describe('characters of two code units', () => {
  test('are inserted, replaced and removed whole', () => {
    const [ana, ben] = pair('x');
    ana.select(1).type('😀');
    // Both begin with the same code unit.
    ana.select(1, 3).type('😁');
    expect(ben.hear(ana).shown).toBe('x😁');
    ana.select(1).type('😂');
    ben.hear(ana);
    expect(ben.shown).toBe('x😂😁');
    ana.select(3, 5).type('');
    agree(ana, ben);
    expect(ben.shown).toBe('x😂');
  });
});

describe('a text at its maximum length', () => {
  test('takes what fits, and shows it', () => {
    const [ana, ben] = pair('12345678', 10);
    ana.select(4).type('abcd');
    expect(ana.shown).toBe('1234ab5678');
    expect(ana.selection).toEqual([6, 6]);
    agree(ana, ben);
    ana.type('x');
    expect(ana.shown).toBe('1234ab5678');
    ana.select(0, 4).type('wxyz');
    expect(ana.shown).toBe('wxyzab5678');
  });

  test('takes no half of a surrogate pair', () => {
    const [ana, ben] = pair('123456789', 10);
    ana.select(9).type('😀');
    expect(ana.shown).toBe('123456789');
    agree(ana, ben);
    ana.type('x😀');
    expect(ana.shown).toBe('123456789x');
  });

  test('keeps its limit while one person composes and the other fills it', () => {
    const [ana, ben] = pair('12345', 10);
    ben.select(5).compose('かきく');
    ana.select(0).type('ABCD');
    ben.hear(ana).commit('かきく');
    expect(ben.shown).toBe('ABCD12345か');
    expect(ben.selection).toEqual([10, 10]);
    agree(ana, ben);
  });

  test('that two people overfilled together can be shortened, and does not grow', () => {
    const [ana, ben] = pair('12345678', 10);
    ana.select(8).type('ab');
    ben.select(0).type('yz');
    agree(ana, ben);
    expect(ana.shown).toBe('yz12345678ab');
    ana.select(0).type('!');
    expect(ana.shown).toBe('yz12345678ab');
    ana.select(0, 4).type('');
    expect(ana.shown).toBe('345678ab');
    agree(ana, ben);
  });
});

describe('two people typing at random', () => {
  /** Pseudorandom numbers, the same for the same seed (mulberry32). */
  function chance(seed: number): () => number {
    return () => {
      seed = (seed + 0x6d2b79f5) | 0;
      let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
      mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
      return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
    };
  }

  const seeds = Array.from({ length: 60 }, (_, at) => at + 1);

  test.each(seeds)('lose no letter and no caret (seed %i)', (seed) => {
    const random = chance(seed);
    const below = (most: number) => Math.floor(random() * most);
    const [ana, ben] = pair('');
    // Each letter is unique, so that it can be followed; every third has two code units.
    let made = 0;
    const letter = () => String.fromCodePoint(made++ % 3 === 0 ? 0x2_0000 + made : 0x4e00 + made);
    const letters = (most: number) => Array.from({ length: 1 + below(most) }, letter).join('');
    const alive = new Set<string>();
    const removed = new Set<string>();
    const take = (gone: string, come: string) => {
      for (const one of gone) removed.add(one);
      for (const one of come) alive.add(one);
    };
    /** A boundary between characters, as a browser allows for a caret. */
    const boundary = (text: string) => {
      const all = Array.from(text);
      return all.slice(0, below(all.length + 1)).join('').length;
    };
    const composed = new Map<Typist, { gone: string; so: string }>();

    const act = (one: Typist, other: Typist) => {
      const running = composed.get(one);
      const roll = random();
      if (running) {
        if (roll < 0.4) one.compose((running.so += letter()));
        else if (roll < 0.7) {
          composed.delete(one);
          take(running.gone, running.so);
          one.commit(running.so);
        } else listen(one, other);
      } else if (roll < 0.3) {
        const at = [boundary(one.shown), boundary(one.shown)].sort((a, b) => a - b) as [number, number];
        one.select(...(random() < 0.6 ? ([at[0], at[0]] as const) : at));
      } else if (roll < 0.6) {
        const come = random() < 0.75 ? letters(4) : '';
        take(one.shown.slice(...one.selection), come);
        one.type(come);
      } else if (roll < 0.7) {
        const so = letters(2);
        composed.set(one, { gone: one.shown.slice(...one.selection), so });
        one.compose(so);
      } else listen(one, other);
    };

    const listen = (one: Typist, other: Typist) => {
      const [start, end] = one.selection;
      if (one.isComposing) {
        const before = one.shown;
        expect(one.hear(other).shown).toBe(before);
        expect(one.selection).toEqual([start, end]);
        return;
      }
      // Positions tied to the letter on the left: an insertion at the caret comes after it.
      const places = [start, end].map((at) => Y.createRelativePositionFromTypeIndex(one.text, at, -1));
      one.hear(other);
      const now = places.map((place) => Y.createAbsolutePositionFromRelativePosition(place, one.doc)?.index);
      expect(one.selection).toEqual(now);
      expect(one.shown).toBe(one.text.toJSON());
    };

    for (let step = 0; step < 80; step++) {
      if (random() < 0.5) act(ana, ben);
      else act(ben, ana);
    }
    for (const [one, { gone, so }] of composed) {
      take(gone, so);
      one.commit(so);
    }
    agree(ana, ben);
    const left = [...alive].filter((one) => !removed.has(one));
    expect(Array.from(ana.shown).toSorted()).toEqual(left.toSorted());
  });
});

describe('words typed onto the end of a text', () => {
  /** Ana opens a text by typing on it, and Ben has it open too. */
  function onto(text: string, max?: number): [ana: Typist, ben: Typist] {
    const [ana, ben] = pair(text, max);
    ana.binding?.close();
    ana.open(true);
    return [ana, ben];
  }

  const read = ({ text }: Typist) => text.toJSON();

  test('get a space before them, in the edit of the first letter', () => {
    const [ana, ben] = onto('paper');
    expect(ana.shown).toBe('paper ');
    expect(read(ana)).toBe('paper');
    let edits = 0;
    ana.text.observe(() => edits++);
    ana.type('a').type('n').type('d');
    expect([read(ana), ana.shown, ana.selection, edits]).toEqual(['paper and', 'paper and', [9, 9], 3]);
    for (let step = 0; step < 3; step++) ana.undo.undo();
    expect(read(ana)).toBe('paper');
    expect(read(ben.hear(ana))).toBe('paper');
  });

  test.each([
    ['paper', '!', 'paper!'],
    ['paper ', 'and', 'paper and'],
    ['日本', '語', '日本語'],
    ['app', '日本', 'app日本'],
    ['', 'A', 'A'],
  ])('on "%s", "%s": as the script wants it', (text, letters, all) => {
    for (const way of ['type', 'commit'] as const) {
      const [ana] = onto(text);
      if (way === 'commit') ana.compose('x');
      ana[way](letters).type('.');
      expect([read(ana), ana.shown, ana.selection]).toEqual([
        `${all}.`,
        `${all}.`,
        [all.length + 1, all.length + 1],
      ]);
    }
  });

  test('are composed behind the space, beside another writer at the end', () => {
    const [ana, ben] = onto('Caf');
    ana.compose('´');
    ben.select(3).type('e');
    ana.hear(ben).commit('é').type('s');
    ben.hear(ana);
    for (const typist of [ana, ben]) expect([read(typist), typist.shown]).toEqual(['Cafe és', 'Cafe és']);
  });

  test('that another writer has already spaced get none of their own', () => {
    const [ana, ben] = onto('paper');
    ben.select(5).type(' or');
    ana.hear(ben).type('!');
    expect(read(ana)).toBe('paper or!');
    expect(ana.shown).toBe('paper or!');
  });

  test('that come to nothing leave nothing', () => {
    const [ana] = onto('paper');
    ana.compose('´').commit('');
    expect([read(ana), ana.shown]).toEqual(['paper', 'paper']);
    ana.type('s');
    expect(read(ana)).toBe('papers');
    const [ben] = onto('paper');
    ben.close();
    expect(read(ben)).toBe('paper');
  });

  test('but elsewhere leave the end alone', () => {
    const [ana] = onto('paper');
    ana.select(2).type('X');
    expect([read(ana), ana.shown, ana.selection]).toEqual(['paXper', 'paXper', [3, 3]]);
  });

  test('have no space if only one more character fits', () => {
    const [ana] = onto('paper', 6);
    ana.type('s');
    expect(read(ana)).toBe('papers');
  });
});
