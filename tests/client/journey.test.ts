import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import * as Y from 'yjs';
import { addLane, lanes, moveLane, removeLane, setLine } from '../../shared/collections/lane.ts';
import {
  addPhase,
  addStep,
  movePhase,
  moveStep,
  periods,
  phases,
  removePhase,
  removeStep,
  setTruth,
  steps,
} from '../../shared/collections/phase.ts';
import { openRoots } from '../../shared/documents.ts';
import { arrangeJourney } from '../../shared/queries/journey.ts';
import { PlainEditor, setGone } from '../../shared/schema/editor.ts';
import { readAll, rootOf, textOf } from '../../shared/schema/read.ts';
import { JourneyModel } from '../../client/model/journey.svelte.ts';
import { Store } from '../../client/model/store/store.svelte.ts';

const atEnd = { after: null, before: null };

/** The page's model of the frame, over a document that Fia changes. */
function openFrame() {
  const doc = new Y.Doc();
  openRoots(doc);
  const fia = new PlainEditor(doc, 'fia');
  const model = new JourneyModel(new Store(doc));
  /** The columns as text: each period with its phases, and the steps of each. */
  const columns = () =>
    model.now.periods.map(({ period, phases }) => [
      period,
      ...phases.map(({ phase, steps }) => [phase.title, ...steps.map(({ title }) => title)].join(' > ')),
    ]);
  const rows = () => model.now.lanes.map(({ title }) => title);
  return { doc, fia, model, columns, rows };
}

describe('the frame of the map', () => {
  test('has the three empty periods at first', () => {
    const { model, fia, columns } = openFrame();
    expect(model.now).toEqual({ periods: [], phases: [], lanes: [] });
    addLane(fia, { title: 'Doing', type: 'text', group: 'customer' }, atEnd);
    expect(columns()).toEqual([['before'], ['during'], ['after']]);
  });

  test('has phases in their period and order, with their steps', () => {
    const { fia, model, columns } = openFrame();
    const ride = addPhase(fia, 'during', 'Ride', atEnd);
    const board = addPhase(fia, 'during', 'Board', { after: null, before: ride });
    addPhase(fia, 'before', 'Plan', atEnd);
    const seat = addStep(fia, ride, 'Sit', atEnd);
    addStep(fia, ride, 'Look out', { after: seat, before: null });
    expect(columns()).toEqual([['before', 'Plan'], ['during', 'Board', 'Ride > Sit > Look out'], ['after']]);
    expect(model.now.phases.map(({ phase }) => phase.title)).toEqual(['Plan', 'Board', 'Ride']);
    moveStep(fia, seat, board, atEnd);
    movePhase(fia, ride, 'after', atEnd);
    expect(columns()).toEqual([
      ['before', 'Plan'],
      ['during', 'Board > Sit'],
      ['after', 'Ride > Look out'],
    ]);
  });

  test('leaves out removed records and steps of removed phases, and has them again after a restore', () => {
    const { fia, columns, rows } = openFrame();
    const ride = addPhase(fia, 'during', 'Ride', atEnd);
    const sit = addStep(fia, ride, 'Sit', atEnd);
    const lane = addLane(fia, { title: 'Doing', type: 'text', group: 'customer' }, atEnd);
    removeStep(fia, sit);
    expect(columns()[1]).toEqual(['during', 'Ride']);
    setGone(fia, steps, sit, false);
    removePhase(fia, ride);
    removeLane(fia, lane);
    expect([columns()[1], rows()]).toEqual([['during'], []]);
    setGone(fia, phases, ride, false);
    setGone(fia, lanes, lane, false);
    expect([columns()[1], rows()]).toEqual([['during', 'Ride > Sit'], ['Doing']]);
  });

  test('sorts equal order keys by id', () => {
    const { doc, fia, rows } = openFrame();
    const ids = ['Doing', 'Thinking', 'Feeling'].map((title) =>
      addLane(fia, { title, type: 'text', group: 'customer' }, atEnd),
    );
    doc.transact(() => {
      for (const id of ids) (rootOf(doc, lanes).get(id) as Y.Map<unknown>).set('order', 'a0');
    });
    const byId = readAll(doc, lanes).sort((a, b) => (a.id < b.id ? -1 : 1));
    expect(rows()).toEqual(byId.map(({ title }) => title));
  });

  test('is computed again when a position or type changes, but not for titles, lines and moments of truth', () => {
    const { doc, fia, model } = openFrame();
    const ride = addPhase(fia, 'during', 'Ride', atEnd);
    const sit = addStep(fia, ride, 'Sit', atEnd);
    const one = addLane(fia, { title: 'Doing', type: 'text', group: 'customer' }, atEnd);
    const two = addLane(
      fia,
      { title: 'Feeling', type: 'text', group: 'customer' },
      { after: one, before: null },
    );
    let now = model.now;
    textOf(doc, phases, ride, 'title')?.insert(0, 'The ');
    textOf(doc, lanes, one, 'title')?.delete(0, 2);
    setTruth(fia, sit, true);
    setLine(fia, two, 'visibility');
    expect(model.now).toBe(now);
    for (const change of [
      () => moveLane(fia, two, { after: null, before: one }),
      () => movePhase(fia, ride, 'after', atEnd),
      () => removeStep(fia, sit),
      () => (rootOf(doc, lanes).get(two) as Y.Map<unknown>).set('type', 'moment'),
    ]) {
      change();
      expect(model.now).not.toBe(now);
      now = model.now;
    }
  });

  test('matches the document after random changes', () => {
    const act = fc.record({ what: fc.nat(9), a: fc.nat(9), b: fc.nat(9) });
    fc.assert(
      fc.property(fc.array(act, { maxLength: 40 }), (acts) => {
        const { doc, fia, model } = openFrame();
        const made = { phase: [] as string[], step: [] as string[], lane: [] as string[] };
        const any = (ids: readonly string[], at: number) => ids[at % Math.max(1, ids.length)] ?? 'none';
        for (const { what, a, b } of acts) {
          const period = periods[b % 3] ?? 'during';
          const gap = { after: null, before: any(made.phase, b) };
          if (what < 2) made.phase.push(addPhase(fia, period, '', gap));
          else if (what < 4) made.step.push(addStep(fia, any(made.phase, a), '', atEnd));
          else if (what < 5)
            made.lane.push(addLane(fia, { title: '', type: 'text', group: 'customer' }, atEnd));
          else if (what < 6) movePhase(fia, any(made.phase, a), period, atEnd);
          else if (what < 7) moveStep(fia, any(made.step, a), any(made.phase, b), atEnd);
          else if (what < 8) moveLane(fia, any(made.lane, a), { after: any(made.lane, b), before: null });
          else if (what < 9) setGone(fia, phases, any(made.phase, a), b % 2 === 0);
          else setGone(fia, b % 2 === 0 ? steps : lanes, any(b % 2 === 0 ? made.step : made.lane, a), b < 5);
        }
        if (made.phase.length + made.step.length + made.lane.length === 0) return;
        const wanted = arrangeJourney(readAll(doc, phases), readAll(doc, steps), readAll(doc, lanes));
        expect(model.now).toEqual(wanted);
      }),
      { seed: 7, numRuns: 100 },
    );
  });
});
