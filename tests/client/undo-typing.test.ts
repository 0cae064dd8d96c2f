import { afterEach, beforeEach, expect, test } from 'vitest';
import { phases, addPhase, removePhase } from '../../shared/collections/phase.ts';
import { writingLabel } from '../../shared/schema/command.ts';
import { textOf } from '../../shared/schema/read.ts';
import { writeText } from '../../shared/schema/text-splice.ts';
import { Together } from './undo-people.ts';

let people: Together<'ana' | 'ben'>;

beforeEach(() => {
  people = new Together(['ana', 'ben']);
});
afterEach(() => people.close());

const gap = { after: null, before: null };
const label = (id: string) => writingLabel('phases', id, 'title', 'rename');

/** Types at the end of a phase's title, as a page does. */
function type(who: 'ana' | 'ben', id: string, text: string): void {
  const editor = people.of[who];
  const title = textOf(editor.doc, phases, id, 'title');
  editor.change(label(id), () => title?.insert(title.length, text));
  people.hear();
}

const title = (id: string) => textOf(people.of.ben.doc, phases, id, 'title')?.toJSON();

test('typing taken back keeps what was there before, and what others typed in the same text meanwhile', async () => {
  const { ana } = people.of;
  const id = addPhase(ana, 'during', 'Visit', gap);
  type('ana', id, ' old');
  // Without a pause, the next typing would extend this step.
  const since = ana.pauseTyping();
  type('ana', id, ' mine');
  type('ben', id, ' his');
  ana.undoTyping(label(id), since);
  people.hear();
  expect(title(id)).toBe('Visit old his');
  expect(ana.last).toBe(since);

  await ana.redo();
  people.hear();
  expect(title(id)).toContain('mine');
});

test('only typing in that text is taken back', () => {
  const { ana } = people.of;
  const [id, other] = [addPhase(ana, 'during', 'One', gap), addPhase(ana, 'during', 'Two', gap)];
  const since = ana.pauseTyping();
  writeText(ana, phases, other, 'title', 'Second');
  const { last } = ana;
  ana.undoTyping(label(id), since);
  expect(ana.last).toBe(last);
});

test('a discarded record leaves nothing to redo', () => {
  const { ana } = people.of;
  const since = ana.pauseTyping();
  const id = addPhase(ana, 'during', '', gap);
  const added = ana.pauseTyping();
  type('ana', id, 'Half');
  ana.undoTyping(label(id), added);
  ana.discard(phases, id, removePhase);
  expect([ana.last, ana.canRedo]).toEqual([since, false]);
});
