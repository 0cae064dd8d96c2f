// Boards to measure with: maps of a given size, filled as docs/DOCUMENT.md describes.
import { letAllChange } from './let-all-change.mjs';
import * as Y from 'yjs';
import { generateNKeysBetween } from 'fractional-indexing';
import { Peer, post } from './peer.mjs';

/**
 * Maps with the same number of cards per cell (2.8) at each size, so that no stack is long and none collapses: only the
 * board grows.
 */
export const sizes = {
  1000: { phases: 12, stepsEach: 2, lanes: 10 },
  5000: { phases: 24, stepsEach: 2, lanes: 25 },
};

const words =
  'waiting for the next train without knowing when it comes and whether there is a seat left'.split(' ');
/** A frame may have 1 MiB; this many new cards take some 100 KB. */
const cardsInUpdate = 500;

const text = (content) => new Y.Text(content);
const record = (fields) => new Y.Map(Object.entries(fields));

/** Makes a board with this many cards. @returns its links, and a facilitator who is on it */
export async function makeBoard(url, count) {
  const { phases, stepsEach, lanes } = sizes[count];
  const { links } = await post(`${url}/api/boards`, { title: `${count} cards`, template: 'ideas' });
  await letAllChange(url, links);
  const ana = await Peer.join(url, links.facilitator, 'Ana');
  const { doc } = ana;
  doc.transact(() => {
    for (const root of ['phases', 'lanes', 'steps'])
      for (const old of doc.getMap(root).values()) old.set('gone', true);
    addFrame(doc, phases, stepsEach, lanes);
    for (const [index, color] of ['#c2415a', '#1f78a8', '#8a5a00'].entries()) {
      const name = ['Elsa', 'Omar', 'Sven'][index];
      doc
        .getMap('personas')
        .set(
          `persona${index}`,
          record({ name: text(name), role: text(''), color, shape: 'circle', order: `a${index}` }),
        );
    }
  });
  const cells = cellsOf(doc);
  const orders = generateNKeysBetween(null, null, count);
  for (let from = 0; from < count; from += cardsInUpdate) {
    doc.transact(() => {
      for (let i = from; i < Math.min(count, from + cardsInUpdate); i++) {
        doc
          .getMap('cards')
          .set(`card${i}`, newCard(i, { ...cells[i % cells.length], order: orders[i] }, ana.person));
      }
    });
    await ana.saved();
  }
  return { links, ana };
}

/** The cells of a map: one per lane and step, and one per lane and phase. */
export function cellsOf(doc) {
  const there = (root) => [...doc.getMap(root)].filter(([, fields]) => fields.get('gone') !== true);
  const columns = [
    ...there('phases').map(([phase]) => ({ phase, step: null })),
    ...there('steps').map(([step, fields]) => ({ phase: fields.get('place').phase, step })),
  ];
  const holding = there('lanes').filter(([, fields]) => (fields.get('type') ?? 'text') === 'text');
  return holding.flatMap(([lane]) => columns.map((column) => ({ lane, ...column })));
}

/** @returns a function that moves a random card to a random cell, and takes no noticeable time */
export function mover(doc) {
  const all = doc.getMap('cards');
  const ids = [...all.keys()];
  const cells = cellsOf(doc);
  const pick = (list) => list[Math.floor(Math.random() * list.length)];
  return () => {
    const order = `a${Math.random().toString(36).slice(2, 6)}V`;
    all.get(pick(ids)).set('place', { ...pick(cells), order });
  };
}

function addFrame(doc, phases, stepsEach, lanes) {
  const orders = generateNKeysBetween(null, null, Math.max(phases, stepsEach, lanes));
  for (let p = 0; p < phases; p++) {
    const period = ['before', 'during', 'after'][Math.floor((3 * p) / phases)];
    const place = { period, order: orders[p] };
    doc.getMap('phases').set(`phase${p}`, record({ title: text(`Phase ${p + 1}`), goal: text(''), place }));
    for (let s = 0; s < stepsEach; s++) {
      const within = { phase: `phase${p}`, order: orders[s] };
      doc
        .getMap('steps')
        .set(`phase${p}step${s}`, record({ title: text(`Step ${p + 1}.${s + 1}`), place: within }));
    }
  }
  for (let l = 0; l < lanes; l++) {
    const fields = { title: text(`Lane ${l + 1}`), type: 'text', group: 'customer', order: orders[l] };
    doc.getMap('lanes').set(`lane${l}`, record(fields));
  }
}

/** A card as people write them: a few words, marked with one or two personas. */
function newCard(i, place, author) {
  const content = Array.from({ length: 4 + (i % 9) }, (_, at) => words[(i * 7 + at * 3) % words.length]).join(
    ' ',
  );
  const personas = new Y.Map([
    [`persona${i % 3}`, true],
    [`persona${(i + (i % 2)) % 3}`, true],
  ]);
  const evidence = ['hypothesis', 'partly', 'validated', 'data'][i % 4];
  return record({ text: text(content), place, personas, author, evidence });
}
