import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { UndoableEditor } from '../../client/model/undo.svelte.ts';
import { cards } from '../../shared/board/card.ts';
import { openRoots, readRecord } from '../../shared/board/document.ts';
import { addCard, moveCards, setEvidence } from '../../shared/commands/card.ts';
import { setGone } from '../../shared/commands/editor.ts';
import { writeText } from '../../shared/commands/text.ts';

const cell = (lane: string) => ({ lane, phase: 'p', step: null });
const gap = { after: null, before: null };

function ana(): UndoableEditor {
  const doc = new Y.Doc();
  openRoots(doc);
  return new UndoableEditor(doc, 'ana');
}

describe('taking back', () => {
  test('names each turn by what it was, back and forth', () => {
    const editor = ana();
    const id = addCard(editor, cell('a'), { gap });
    setEvidence(editor, [id], 'data');
    moveCards(editor, [id], cell('b'), gap);
    expect([editor.undo(), editor.undo(), editor.undo(), editor.undo()]).toEqual([
      'move-card',
      'set-evidence',
      'add-card',
      null,
    ]);
    expect([editor.redo(), editor.redo(), editor.redo(), editor.redo()]).toEqual([
      'add-card',
      'set-evidence',
      'move-card',
      null,
    ]);
  });

  test('brings a card back with what Ben wrote on it meanwhile', () => {
    const editor = ana();
    const id = addCard(editor, cell('a'), { gap });
    editor.undo();
    const ben = new Y.Doc();
    Y.applyUpdate(ben, Y.encodeStateAsUpdate(editor.doc));
    writeText(
      { doc: ben, person: 'ben', change: (_, edit) => edit(), prepare: (edit) => edit() },
      cards,
      id,
      'text',
      'Hello',
    );
    Y.applyUpdate(editor.doc, Y.encodeStateAsUpdate(ben));
    editor.redo();
    expect(readRecord(editor.doc, cards, id)).toMatchObject({ gone: false, text: 'Hello' });
  });

  test('a card that came to nothing leaves no turn behind: undo goes on with real work', () => {
    const editor = ana();
    const real = addCard(editor, cell('a'), { gap, text: 'Real' });
    const blank = addCard(editor, cell('a'), { gap });
    writeText(editor, cards, blank, 'text', 'x');
    editor.discard(blank, () => setGone(editor, cards, blank, true));
    expect(readRecord(editor.doc, cards, blank)?.gone).toBe(true);
    expect(editor.undo()).toBe('add-card');
    expect(readRecord(editor.doc, cards, real)?.gone).toBe(true);
    expect(readRecord(editor.doc, cards, blank)?.gone).toBe(true);
  });

  test('`last` tells one turn from the next', () => {
    const editor = ana();
    const id = addCard(editor, cell('a'), { gap });
    const added = editor.last;
    setEvidence(editor, [id], 'data');
    expect(editor.last).not.toBe(added);
    editor.undo();
    expect(editor.last).toBe(added);
  });
});
