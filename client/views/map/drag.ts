import type { CellAt } from '$shared/collections/card.ts';
import type { Gap } from '$shared/schema/placing.ts';
import { dropCellAt } from './drop-cell.ts';
import { parseFocusKey } from './grid.ts';

/** A mouse must move this far before a press becomes a drag; a finger must rest this long first. */
const slackPx = 5;
const restMs = 350;
/** Within this distance of an edge the map scrolls, at no more than this speed. */
const edgePx = 56;
const scrollPxAFrame = 14;

/**
 * Drag and drop of cards by mouse, pen or finger. Nothing is written until the drop; the dragged card and the drop line
 * move by transforms, once per animation frame.
 */
export function dragCards(
  root: HTMLElement,
  on: {
    may(): boolean;
    /** The cards that are dragged together with this one, itself included; none if they may not be moved now. */
    taken(card: string): readonly string[];
    /** A drag of this card begins: its element must stay, since a finger holds on to it. */
    begun(card: string): void;
    ended(): void;
    dropped(cards: readonly string[], cell: CellAt, gap: Gap): void;
  },
): () => void {
  let pressed: {
    card: HTMLElement;
    id: string;
    pointer: number;
    x: number;
    y: number;
    timer: number;
    isTouch: boolean;
  } | null = null;
  let drag: {
    cards: readonly string[];
    ghost: HTMLElement;
    line: HTMLElement;
    target: { cell: CellAt; gap: Gap } | null;
  } | null = null;
  /** The cell that the drag is over. In a closed row, the mark opens it. */
  let overCell: HTMLElement | null = null;
  let at = { x: 0, y: 0 };
  let frame = 0;

  const press = (event: PointerEvent) => {
    const target = event.target;
    // Ignore a second finger while the first is down.
    if (pressed || event.button !== 0 || !(target instanceof Element) || !on.may()) return;
    if (target.closest('button, textarea, input, a, select')) return;
    const card = target.closest<HTMLElement>('[data-card]');
    const id = card?.dataset.card;
    if (!card || id === undefined) return;
    at = { x: event.clientX, y: event.clientY };
    const isTouch = event.pointerType === 'touch';
    pressed = {
      card,
      id,
      pointer: event.pointerId,
      ...at,
      isTouch,
      timer: isTouch ? window.setTimeout(begin, restMs) : 0,
    };
  };

  const move = (event: PointerEvent) => {
    if (!pressed || event.pointerId !== pressed.pointer) return;
    // The button was released outside of the map.
    if (event.pointerType === 'mouse' && (event.buttons & 1) === 0) return end();
    at = { x: event.clientX, y: event.clientY };
    if (drag) {
      frame ||= requestAnimationFrame(draw);
      return;
    }
    if (Math.hypot(at.x - pressed.x, at.y - pressed.y) < slackPx) return;
    // A finger that moves before the rest time scrolls the map.
    if (event.pointerType === 'touch') end();
    else begin();
  };

  const begin = () => {
    if (!pressed) return;
    const box = pressed.card.getBoundingClientRect();
    const cards = on.taken(pressed.id);
    if (cards.length === 0) return end();
    const ghost = pressed.card.cloneNode(true) as HTMLElement;
    ghost.className = `${pressed.card.className} ghost`;
    ghost.removeAttribute('data-card');
    ghost.setAttribute('aria-hidden', 'true');
    ghost.style.inlineSize = `${box.width}px`;
    ghost.style.left = `${box.left - pressed.x}px`;
    ghost.style.top = `${box.top - pressed.y}px`;
    if (cards.length > 1) ghost.dataset.count = String(cards.length);
    const line = document.createElement('div');
    line.className = 'drop-line';
    root.append(ghost, line);
    root.dataset.dragging = '';
    on.begun(pressed.id);
    mark(cards);
    root.setPointerCapture(pressed.pointer);
    drag = { cards, ghost, line, target: null };
    frame ||= requestAnimationFrame(draw);
  };

  const draw = () => {
    frame = 0;
    if (!drag) return;
    drag.ghost.style.transform = `translate(${at.x}px, ${at.y}px)`;
    aim(drag);
    if (scrollAtEdge()) frame = requestAnimationFrame(draw);
  };

  const mark = (cards: readonly string[]) => {
    const dragged = new Set(cards);
    for (const card of root.querySelectorAll<HTMLElement>('[data-card]'))
      if (dragged.has(card.dataset.card ?? '')) card.dataset.taken = '';
  };
  // Cards that come into view are drawn then.
  const scrolled = () => {
    if (drag) mark(drag.cards);
  };

  const aim = (now: NonNullable<typeof drag>) => {
    const cellElement = dropCellAt(at.x, at.y, pressed?.isTouch ? 'finger' : 'mouse');
    if (cellElement !== overCell) {
      overCell?.removeAttribute('data-over');
      cellElement?.setAttribute('data-over', '');
      overCell = cellElement;
    }
    const over =
      cellElement?.dataset.focusKey === undefined ? null : parseFocusKey(cellElement.dataset.focusKey);
    if (!cellElement || over?.kind !== 'cell') {
      now.target = null;
      now.line.hidden = true;
      return;
    }
    const others = [...cellElement.querySelectorAll<HTMLElement>('[data-card]:not([data-taken])')];
    const boxes = others.map((card) => card.getBoundingClientRect());
    const found = boxes.findIndex((box) => at.y < box.top + box.height / 2);
    const index = found === -1 ? boxes.length : found;
    const cell = cellElement.getBoundingClientRect();
    const above = boxes[index - 1];
    const below = boxes[index];
    const y =
      above && below
        ? (above.bottom + below.top) / 2
        : below
          ? below.top - 4
          : above
            ? above.bottom + 4
            : cell.top + 8;
    now.line.hidden = false;
    now.line.style.inlineSize = `${cell.width - 16}px`;
    now.line.style.transform = `translate(${cell.left + 8}px, ${y}px)`;
    now.target = {
      cell: over.cell,
      gap: { after: others[index - 1]?.dataset.card ?? null, before: others[index]?.dataset.card ?? null },
    };
  };

  const scrollAtEdge = () => {
    const box = root.getBoundingClientRect();
    const push = (low: number, high: number) =>
      low < edgePx
        ? -Math.min(1, (edgePx - low) / edgePx)
        : high < edgePx
          ? Math.min(1, (edgePx - high) / edgePx)
          : 0;
    const x = push(at.x - box.left, box.right - at.x) * scrollPxAFrame;
    // In a low window the map reaches below it.
    const y = push(at.y - box.top, Math.min(box.bottom, window.innerHeight) - at.y) * scrollPxAFrame;
    const before = [root.scrollLeft, root.scrollTop];
    if (x !== 0 || y !== 0) root.scrollBy(x, y);
    return before[0] !== root.scrollLeft || before[1] !== root.scrollTop;
  };

  const drop = (event: PointerEvent) => {
    if (!pressed || event.pointerId !== pressed.pointer) return;
    const done = drag;
    // The animation frame that finds the drop target may not have run yet.
    if (done) aim(done);
    end();
    if (!done) return;
    // Swallow the click that follows a drop, so that it does not activate what is below.
    root.addEventListener('click', swallow, { capture: true, once: true });
    setTimeout(() => root.removeEventListener('click', swallow, { capture: true }));
    if (done.target) on.dropped(done.cards, done.target.cell, done.target.gap);
  };

  const end = () => {
    if (pressed) {
      clearTimeout(pressed.timer);
      if (root.hasPointerCapture(pressed.pointer)) root.releasePointerCapture(pressed.pointer);
    }
    cancelAnimationFrame(frame);
    frame = 0;
    if (drag) on.ended();
    drag?.ghost.remove();
    drag?.line.remove();
    overCell?.removeAttribute('data-over');
    overCell = null;
    for (const taken of root.querySelectorAll('[data-taken]')) taken.removeAttribute('data-taken');
    delete root.dataset.dragging;
    pressed = null;
    drag = null;
  };

  const swallow = (event: Event) => {
    event.stopPropagation();
    event.preventDefault();
  };
  const escape = (event: KeyboardEvent) => {
    if (event.key === 'Escape' && drag) {
      event.stopPropagation();
      end();
    }
  };
  // A press on a card begins a drag, not a text selection, which would cost more per move than everything else.
  const keepUnselected = (event: Event) => {
    const field = event.target instanceof Element && event.target.closest('textarea, input');
    if (pressed && !field) event.preventDefault();
  };
  const release = (event: PointerEvent) => {
    if (event.pointerId === pressed?.pointer) end();
  };
  // While a card is dragged, a finger must not scroll the map.
  const hold = (event: TouchEvent) => {
    if (drag) event.preventDefault();
  };

  root.addEventListener('pointerdown', press);
  root.addEventListener('pointermove', move);
  root.addEventListener('pointerup', drop);
  root.addEventListener('pointercancel', end);
  window.addEventListener('pointerup', release);
  root.addEventListener('touchmove', hold, { passive: false });
  root.addEventListener('scroll', scrolled, { passive: true });
  root.addEventListener('selectstart', keepUnselected);
  document.addEventListener('keydown', escape, { capture: true });
  return () => {
    end();
    root.removeEventListener('pointerdown', press);
    root.removeEventListener('pointermove', move);
    root.removeEventListener('pointerup', drop);
    root.removeEventListener('pointercancel', end);
    window.removeEventListener('pointerup', release);
    root.removeEventListener('touchmove', hold);
    root.removeEventListener('scroll', scrolled);
    root.removeEventListener('selectstart', keepUnselected);
    document.removeEventListener('keydown', escape, { capture: true });
  };
}
