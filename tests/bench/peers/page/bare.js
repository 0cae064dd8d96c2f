// The least that a whiteboard can do: absolutely positioned cards, moved by transforms; only those near the view are in
// the document.
import { cardSize, openBoard, throttled } from './channel.js';

const layer = document.querySelector('#layer');
/** Cards this far out of view are kept, so that a small pan makes none. */
const marginPx = 150;
const cards = new Map();
const camera = { x: 0, y: 0 };

const { cards: loaded, send } = await openBoard((changes) => {
  for (const { id, x, y } of changes) {
    const card = cards.get(id);
    Object.assign(card, { x, y });
    place(card);
  }
});
const tell = throttled(send);
for (const card of loaded) cards.set(card.id, { ...card, element: null });
show();

function isNear({ x, y }) {
  const left = x - camera.x;
  const top = y - camera.y;
  return (
    left > -cardSize.width - marginPx &&
    left < innerWidth + marginPx &&
    top > -cardSize.height - marginPx &&
    top < innerHeight + marginPx
  );
}

function place(card) {
  if (!isNear(card)) {
    card.element?.remove();
    card.element = null;
    return;
  }
  if (!card.element) {
    card.element = document.createElement('div');
    card.element.dataset.card = card.id;
    const text = card.element.appendChild(document.createElement('p'));
    text.textContent = card.text;
    layer.append(card.element);
  }
  card.element.style.transform = `translate(${card.x}px, ${card.y}px)`;
}

function show() {
  layer.style.transform = `translate(${-camera.x}px, ${-camera.y}px)`;
  for (const card of cards.values()) if (isNear(card) !== (card.element !== null)) place(card);
}

let frame = 0;
let drag = null;
let selected = null;

function nextFrame(draw) {
  frame ||= requestAnimationFrame(() => {
    frame = 0;
    draw();
  });
}

addEventListener('wheel', ({ deltaX, deltaY }) => {
  camera.x += deltaX;
  camera.y += deltaY;
  nextFrame(show);
});

addEventListener('pointerdown', (event) => {
  const element = event.target.closest('[data-card]');
  if (!element || document.activeElement.isContentEditable) return;
  selected = cards.get(element.dataset.card);
  drag = { card: selected, dx: selected.x - event.clientX, dy: selected.y - event.clientY };
  event.preventDefault();
});

addEventListener('pointermove', ({ clientX, clientY }) => {
  if (!drag) return;
  Object.assign(drag.card, { x: clientX + drag.dx, y: clientY + drag.dy });
  nextFrame(drawDrag);
});

addEventListener('pointerup', () => (drag = null));

function drawDrag() {
  if (!drag) return;
  place(drag.card);
  tellCard(drag.card);
}

addEventListener('keydown', (event) => {
  const text = selected?.element?.firstChild;
  if (!text) return;
  if (event.key === 'Escape') {
    text.blur();
    text.contentEditable = false;
  }
  if (event.key === 'Enter') {
    event.preventDefault();
    text.contentEditable = true;
    text.focus();
    getSelection().selectAllChildren(text);
  }
});

addEventListener('input', () => {
  selected.text = selected.element.textContent;
  tellCard(selected);
});

function tellCard({ id, x, y, text }) {
  tell({ id, x, y, text });
}

window.bench = {
  box: (id) => document.querySelector(`[data-card="${id}"]`)?.getBoundingClientRect().toJSON() ?? null,
  text: (id) => cards.get(id).element?.textContent ?? null,
};
