// What happens on the boards, the same on each: where cards are, which ones move where, and which one a person works on.
import { generateNKeysBetween } from 'fractional-indexing';

/** A cell holds this many cards at most, so that no stack folds in ours and no card covers another in the peers. */
const slots = 4;

/**
 * The cards of a board of ours as other whiteboards show them: at the same places as in our first view, to within the
 * height of a text.
 * @returns `{id, text, x, y, index}` each, in pixels; `index` is a fractional index
 */
export function plainCards(doc) {
  const filled = new Map();
  const cards = [...doc.getMap('cards')];
  const order = generateNKeysBetween(null, null, cards.length);
  return cards.map(([id, card], i) => {
    const place = card.get('place');
    const slot = filled.get(keyOf(place)) ?? 0;
    filled.set(keyOf(place), slot + 1);
    return { id, text: card.get('text').toString(), index: order[i], ...pointOf(place, slot) };
  });
}

/**
 * Random moves among the cells of the first view.
 * @returns a function of a number of cards and of lanes, which moves that many random cards of these lanes to random
 * free slots there; each move is `{id, place, x, y}`
 */
export function planMoves(doc) {
  const there = new Map();
  for (const [id, card] of doc.getMap('cards')) {
    const place = card.get('place');
    if (!inFirstView(place)) continue;
    const cell = there.get(keyOf(place)) ?? { place, ids: Array(slots).fill(null) };
    cell.ids[cell.ids.indexOf(null)] = id;
    there.set(keyOf(place), cell);
  }
  return (count, lanes) => {
    const cells = [...there.values()].filter(({ place }) => number(place.lane) < lanes);
    const ids = shuffled(cells.flatMap((cell) => cell.ids.filter(Boolean))).slice(0, count);
    return ids.map((id) => {
      const from = cells.find((cell) => cell.ids.includes(id));
      const to = shuffled(cells.filter((cell) => cell !== from && cell.ids.includes(null)))[0];
      const slot = to.ids.indexOf(null);
      from.ids[from.ids.indexOf(id)] = null;
      to.ids[slot] = id;
      return { id, place: to.place, ...pointOf(to.place, slot) };
    });
  };
}

/** The two cards that a person writes in and drags: nobody else moves them. */
export function ownCards(doc) {
  const [written, dragged] = [...doc.getMap('cards')]
    .filter(([, card]) => keyOf(card.get('place')) === ownCell)
    .toSorted(([, a], [, b]) => (a.get('place').order < b.get('place').order ? -1 : 1))
    .map(([id]) => id);
  return { written, dragged };
}

/** The ids of the cards that a page shows at first: those of the first lane, as far as moves go. */
export function firstShown(doc) {
  const isShown = ({ lane, phase }) => number(lane) === 0 && number(phase) < 3;
  return [...doc.getMap('cards')].filter(([, card]) => isShown(card.get('place'))).map(([id]) => id);
}

const ownCell = 'lane0/phase2/phase2step1';
const keyOf = ({ lane, phase, step }) => `${lane}/${phase}/${step ?? ''}`;
const number = (id) => Number(/\d+$/.exec(id)[0]);
const inFirstView = (place) => number(place.lane) < 2 && number(place.phase) < 3 && keyOf(place) !== ownCell;

/** Two columns a phase, as in our map; cards of a whole phase are below those of its steps, two in a row. */
function pointOf({ lane, phase, step }, slot) {
  const [column, row] = step === null ? [slot % 2, slots + Math.floor(slot / 2)] : [number(step), slot];
  return { x: 192 + (2 * number(phase) + column) * 168, y: 217 + number(lane) * 576 + row * 90 };
}

/** In random order: Fisher and Yates. */
function shuffled(list) {
  const mixed = [...list];
  for (let i = mixed.length - 1; i > 0; i--) {
    const j = Math.floor(Math.random() * (i + 1));
    [mixed[i], mixed[j]] = [mixed[j], mixed[i]];
  }
  return mixed;
}
