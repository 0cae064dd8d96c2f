import { describe, expect, test } from 'vitest';
import * as v from 'valibot';
import * as Y from 'yjs';
import { demoLink } from '../../../server/access/links.ts';
import { languages } from '../../../server/templates/languages.ts';
import { ensureDemoBoard } from '../../../server/templates/demo-board.ts';
import { buildTemplate, templates } from '../../../server/templates/template.ts';
import { cards } from '../../../shared/collections/card.ts';
import { parseRecord } from '../../../shared/schema/collection.ts';
import { collections, metaFields } from '../../../shared/documents.ts';
import { readAll, readValues, rootOf } from '../../../shared/schema/read.ts';
import { emotions, experience } from '../../../shared/collections/emotion.ts';
import { ideas } from '../../../shared/collections/idea.ts';
import { lanes } from '../../../shared/collections/lane.ts';
import { people } from '../../../shared/collections/person.ts';
import { personas } from '../../../shared/collections/persona.ts';
import { phases, steps } from '../../../shared/collections/phase.ts';
import { arrangeJourney } from '../../../shared/queries/journey.ts';
import { experienceCurve } from '../../../shared/queries/curve.ts';
import { MemoryStore } from '../memory-store.ts';

function open(template: (typeof templates)[number], language: (typeof languages)[number]) {
  const { state, start } = buildTemplate(template, language);
  const doc = new Y.Doc();
  Y.applyUpdate(doc, state);
  return { doc, start, size: state.length };
}

const each = templates.flatMap((template) => languages.map((language) => [template, language] as const));

describe.each(each)('the template %s in %s', (template, language) => {
  const { doc, start } = open(template, language);

  test('is read exactly as it was written', () => {
    for (const collection of Object.values(collections)) {
      for (const [key, stored] of rootOf(doc, collection)) {
        if (collection.kind === 'values') {
          expect(v.parse(collection.schema, stored)).toEqual(stored);
          continue;
        }
        const written = (stored as Y.Map<unknown>).toJSON();
        const parsed: Record<string, unknown> = { ...parseRecord(collection as never, key, stored) };
        for (const [field, value] of Object.entries(written)) {
          const isSet = (collection.fields as Record<string, { kind: string }>)[field]?.kind === 'set';
          expect(parsed[field], `${collection.name}.${field}`).toEqual(
            isSet ? Object.keys(value as object).sort() : value,
          );
        }
      }
    }
    expect(doc.getMap('meta').toJSON()).toEqual({ schema: metaFields.schema.fallback, start });
    const roots = ['meta', ...Object.keys(collections)];
    for (const root of doc.share.keys()) expect(roots).toContain(root);
  });

  test('has no carriage return in a text, because the guard refuses them', () => {
    for (const { name } of Object.values(collections))
      expect(JSON.stringify(doc.getMap(name))).not.toContain(String.raw`\r`);
  });

  test('has a title for every phase, step and lane', () => {
    for (const record of [...readAll(doc, phases), ...readAll(doc, steps), ...readAll(doc, lanes)]) {
      expect(record.title.trim()).not.toBe('');
    }
  });
});

test('a template has new ids each time', () => {
  const ids = (doc: Y.Doc) => readAll(doc, lanes).map((lane) => lane.id);
  const first = new Set(ids(open('project', 'en').doc));
  expect(ids(open('project', 'en').doc).some((id) => first.has(id))).toBe(false);
});

test('a project has three phases of two steps and all lanes of the method; a journey has no ideas lane', () => {
  const rows = (template: 'project' | 'journey') => {
    const { doc } = open(template, 'en');
    const journey = arrangeJourney(readAll(doc, phases), readAll(doc, steps), readAll(doc, lanes));
    expect(journey.periods.map((part) => part.phases.map((phase) => phase.steps.length))).toEqual([
      [2],
      [2],
      [2],
    ]);
    return journey.lanes.map(({ title, line }) => (line === null ? title : `${title} | ${line}`));
  };
  const journey = [
    'Activities and situations',
    'Needs and motivations',
    'Choices',
    'Emotions',
    'Experience curve | interaction',
    'Touchpoints',
    'Channels',
    'Visible staff actions | visibility',
    'Behind the scenes | internal',
  ];
  expect(rows('journey')).toEqual(journey);
  expect(rows('project')).toEqual([...journey, 'Challenges and obstacles', 'Opportunities', 'Ideas']);
});

test('an idea backlog is empty and opens the ideas view', () => {
  const { doc, start } = open('ideas', 'en');
  expect(start).toBe('ideas');
  for (const collection of Object.values(collections)) expect(rootOf(doc, collection).size).toBe(0);
});

describe('the demo', () => {
  const { doc, size } = open('demo', 'en');
  const journey = arrangeJourney(readAll(doc, phases), readAll(doc, steps), readAll(doc, lanes));
  const authors = new Set(readAll(doc, people).map((person) => person.id));

  test('has the phases, lanes, cards, ideas and personas of the example journey', () => {
    expect(journey.phases.map(({ phase }) => phase.title).slice(0, 2)).toEqual([
      'Plan the trip',
      'Choose and buy',
    ]);
    expect([journey.phases.length, journey.lanes.length]).toEqual([9, 15]);
    expect(readAll(doc, cards).length).toBe(148);
    expect(readAll(doc, ideas).length).toBe(25);
    expect(
      readAll(doc, personas)
        .map((persona) => persona.name)
        .sort(),
    ).toEqual(['Amina Haddad', 'Elif Yıldız', 'Lars Bergqvist']);
    expect(authors.size).toBe(14);
    expect(readAll(doc, steps).filter((step) => step.truth).length).toBe(4);
    expect(size).toBeLessThan(200_000);
  });

  test('has every card in an existing cell, at its own position, by a known author', () => {
    const laneIds = new Set(journey.lanes.map((lane) => lane.id));
    const phaseOf = new Map(
      journey.phases.flatMap(({ phase, steps: own }) => own.map((step) => [step.id, phase.id])),
    );
    const personaIds = new Set(readAll(doc, personas).map((persona) => persona.id));
    const taken = new Set<string>();
    for (const { place, text, author, personas: marked } of readAll(doc, cards)) {
      expect(laneIds.has(place.lane)).toBe(true);
      expect(journey.phases.some(({ phase }) => phase.id === place.phase)).toBe(true);
      if (place.step !== null) expect(phaseOf.get(place.step)).toBe(place.phase);
      expect(text).not.toBe('');
      expect(authors.has(author)).toBe(true);
      expect(marked.every((id) => personaIds.has(id))).toBe(true);
      const at = JSON.stringify(place);
      expect(taken.has(at)).toBe(false);
      taken.add(at);
    }
  });

  test('links every idea to the challenges and opportunities that it answers', () => {
    const laneTitle = new Map(journey.lanes.map((lane) => [lane.id, lane.title]));
    const laneOf = new Map(readAll(doc, cards).map((card) => [card.id, laneTitle.get(card.place.lane)]));
    const kinds = ['Challenges and obstacles', 'Opportunities'];
    for (const idea of readAll(doc, ideas)) {
      expect(idea.cards.length).toBeGreaterThan(0);
      for (const card of idea.cards) expect(kinds).toContain(laneOf.get(card));
      expect(idea.cards.some((card) => laneOf.get(card) === 'Opportunities')).toBe(true);
      expect(authors.has(idea.author)).toBe(true);
    }
    const numbers = readAll(doc, ideas).map((idea) => idea.number);
    expect(numbers.sort((a, b) => a - b)).toEqual(Array.from({ length: 25 }, (_, at) => at + 1));
  });

  test('has a curve from emotions, with one placed point in a phase without any', () => {
    expect(readValues(doc, experience).length).toBe(1);
    const ids = journey.phases.map(({ phase }) => phase.id);
    const [marks, points] = [readValues(doc, emotions), readValues(doc, experience)];
    const curves = readAll(doc, personas).map((persona) =>
      experienceCurve(
        ids,
        (phase) => marks.filter((mark) => mark.persona === persona.id && mark.phase === phase),
        (phase) =>
          points.find((point) => point.persona === persona.id && point.phase === phase)?.value ?? null,
      ),
    );
    for (const curve of curves) for (const point of curve) expect(point.value).not.toBeNull();
    expect(curves.flat().filter((point) => point.placed).length).toBe(1);
    expect(curves.flat().filter((point) => point.assumed).length).toBe(1);
  });

  test('has lane titles in the requested language', () => {
    const titles = (language: (typeof languages)[number]) =>
      readAll(open('demo', language).doc, lanes).map((lane) => lane.title);
    expect(titles('sv')).toContain('Känslor');
    expect(titles('ar')).toContain('القنوات');
    expect(titles('tr')).toContain('Temas noktaları');
    expect(titles('ru')).toContain('Точки контакта');
  });
});

describe('the demo board', () => {
  test('is created once, and keeps its links and later changes at every start', async () => {
    const store = new MemoryStore();
    const first = await ensureDemoBoard(store, 1);
    expect(first.map((link) => link.role)).toEqual(['facilitator', 'participant', 'observer']);
    await store.changeBoard('lovtag', (board) => ({ ...board, title: 'Our day' }));
    const document = store.documents.get('lovtag/board');
    const { record } = await store.session('lovtag');
    expect(record?.agenda.items.reduce((sum, { minutes }) => sum + minutes, 0)).toBe(60);
    expect(await ensureDemoBoard(store, 2)).toEqual(first);
    expect(store.records.get('lovtag')).toMatchObject({ title: 'Our day', createdAt: 1 });
    expect(store.documents.get('lovtag/board')).toBe(document);
    expect(JSON.stringify(store.records.get('lovtag'))).not.toContain(first[0]?.secret.split('.')[1]);
  });

  test('keeps links revoked that a facilitator has revoked', async () => {
    const store = new MemoryStore();
    await ensureDemoBoard(store, 1);
    await store.changeBoard('lovtag', (board) => ({
      ...board,
      links: board.links.map((link) => (link.role === 'observer' ? { ...link, revokedAt: 2 } : link)),
    }));
    const again = await ensureDemoBoard(store, 3);
    expect(again.map((link) => link.isRevoked)).toEqual([false, false, true]);
    expect(store.records.get('lovtag')?.links.length).toBe(3);
  });

  test('gets working links if its data comes from another installation', async () => {
    const old = new MemoryStore();
    await ensureDemoBoard(old, 1);
    const moved = new MemoryStore();
    for (const [id, board] of old.records) moved.records.set(id, board);
    const links = await ensureDemoBoard(moved, 2);
    const hashes = moved.records.get('lovtag')?.links.map((link) => link.hash);
    for (const { role } of links)
      expect(hashes).toContain(demoLink(moved.secret, 'lovtag', role, 2).record.hash);
    expect(hashes?.length).toBe(6);
  });
});
