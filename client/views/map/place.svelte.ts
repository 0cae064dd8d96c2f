import { tick } from 'svelte';
import { cards } from '$shared/collections/card.ts';
import type { CellAt } from '$shared/collections/card.ts';
import { personas } from '$shared/collections/persona.ts';
import { isEqual } from '$shared/schema/equal.ts';
import type { Look, MapLook } from '$shared/wire/look.ts';
import type { Presence } from '$shared/wire/presence.ts';
import { mostInLook } from '$shared/wire/presence.ts';
import type { Guided, ViewPlace } from '../../parts/view-place.ts';
import { cellOfCard } from './cells.ts';
import { cellFocusKey, focusKey, parseFocusKey } from './grid.ts';
import type { MapState, Overlay } from './map-state.svelte.ts';

/** Rest after the last scroll before others are told of the place in the middle. */
const restMs = 150;
/** A scroll that soon after the focus has moved only brings the focus into view. */
const byFocusMs = 400;
/** How long the place of the person who is followed stays outlined. */
const ledMs = 1_200;

/** A card, or the cell of one, or a cell without a card. */
interface Target {
  readonly card: string | null;
  readonly cell: CellAt | null;
}

/** The map's part in following: what this person looks at, and how to show what another one looks at. */
export class MapPlace implements ViewPlace {
  readonly view = 'map';
  readonly #map: MapState;
  readonly #root: HTMLElement;
  /** Where the person works, or what they have scrolled to. */
  #target: Target = $state.raw({ card: null, cell: null });

  constructor(map: MapState, root: HTMLElement) {
    this.#map = map;
    this.#root = root;
  }

  /** Takes part until the returned function is called. */
  attach(): () => void {
    const { workspace } = this.#map;
    let rest: ReturnType<typeof setTimeout> | undefined;
    let focusedAt = -Infinity;
    const focused = ({ target, timeStamp }: FocusEvent) => {
      focusedAt = timeStamp;
      const key = target instanceof Element ? this.#map.focus.targetOf(target) : null;
      if (key?.kind !== 'cell' || !(target instanceof Element)) return;
      const card = target.closest<HTMLElement>('[data-card]')?.dataset.card ?? null;
      this.#target = { card, cell: key.cell };
    };
    const scrolled = ({ timeStamp }: Event) => {
      if (timeStamp - focusedAt < byFocusMs) return;
      clearTimeout(rest);
      rest = setTimeout(() => this.#takeMiddle(), restMs);
    };
    this.#root.addEventListener('focusin', focused);
    this.#root.addEventListener('scroll', scrolled, { passive: true });
    workspace.place = this;
    return () => {
      clearTimeout(rest);
      this.#root.removeEventListener('focusin', focused);
      this.#root.removeEventListener('scroll', scrolled);
      if (workspace.place === this) workspace.place = null;
    };
  }

  look(): MapLook {
    const { memory, unfolded, overlay } = this.#map;
    return {
      view: 'map',
      personas: [...memory.personas].slice(0, mostInLook),
      // The last ones: what was expanded long ago matters least.
      unfolded: [...unfolded].map((key) => key.slice(cellFocusKey('').length)).slice(-mostInLook),
      ...this.#target,
      open: openIn(overlay),
    };
  }

  follow(color: string): Guided {
    const map = this.#map;
    let at: Target = { card: null, cell: null };
    let open: MapLook['open'] = null;
    let opened: Overlay | null = null;
    const close = () => {
      if (opened && map.overlay === opened) map.overlay = null;
      opened = null;
    };
    return {
      show: (presence, look) => {
        if (look?.view === 'map') {
          this.#filterAs(look);
          if (!isEqual(look.open, open)) {
            open = look.open;
            close();
            opened = open && this.#mayOpen(open) ? open : null;
            if (opened) map.overlay = opened;
          }
        }
        const now = targetIn(presence, look);
        if (isEqual(now, at)) return;
        at = now;
        void this.#show(now, color);
      },
      glance: (place) => {
        const target = parseFocusKey(cellFocusKey(place));
        if (target?.kind !== 'cell' || this.#isInSight(place)) return;
        void this.#show({ card: null, cell: target.cell }, null);
      },
      end: () => map.viewport.keep('follow', null),
    };
  }

  visit(presence: Presence): void {
    const { card, cell } = targetIn(presence, null);
    if (card !== null) void this.#map.showCard(card);
    else if (cell) this.#map.focus.on({ kind: 'cell', cell });
  }

  #filterAs({ personas: wanted, unfolded }: MapLook): void {
    const { memory, board } = this.#map;
    const known = wanted.filter((id) => board.of(personas).get(id));
    if (!isEqual(known.toSorted(), [...memory.personas].toSorted())) memory.personas = new Set(known);
    const keys = unfolded.map(cellFocusKey);
    if (!isEqual(keys.toSorted(), [...this.#map.unfolded].toSorted())) this.#map.unfolded = new Set(keys);
  }

  /** A persona is edited in its dialog; everybody may look at the dialogs of the lanes. */
  #mayOpen(open: NonNullable<MapLook['open']>): boolean {
    return open.kind === 'lane' || this.#map.workspace.may('structure');
  }

  /** Scrolls to a place, drawn for it if need be, and outlines it for a moment in a colour. */
  async #show({ card, cell: given }: Target, color: string | null): Promise<void> {
    const map = this.#map;
    const cell = (card === null ? null : cellOfCard(map.board, card)) ?? given;
    if (!cell || !isIn(map, cell)) return;
    map.viewport.keep('follow', { kind: 'cell', cell });
    await tick();
    const element =
      (card === null ? null : this.#find(`[data-card="${card}"]`)) ??
      this.#find(`[data-focus-key="${focusKey({ kind: 'cell', cell })}"]`);
    if (!element) return;
    element.scrollIntoView({ block: 'center', inline: 'center' });
    if (color === null) return;
    element.dataset.led = '';
    element.style.setProperty('--led', color);
    setTimeout(() => delete element.dataset.led, ledMs);
  }

  #isInSight(place: string): boolean {
    const cell = this.#find(`[data-focus-key="${cellFocusKey(place)}"]`)?.getBoundingClientRect();
    if (!cell) return false;
    const { left, right, top, bottom } = this.#sight();
    return cell.left < right && cell.right > left && cell.top < bottom && cell.bottom > top;
  }

  /** What the sticky heads leave of the map, on the screen. */
  #sight(): { left: number; right: number; top: number; bottom: number } {
    const { left, right, top, bottom } = this.#root.getBoundingClientRect();
    const headPx = this.#find('[data-focus-key^="lane:"]')?.offsetWidth ?? 0;
    // On a phone the heads of lanes are above their cells, as wide as the map.
    const start = headPx > (right - left) / 2 ? 0 : headPx;
    const isMirrored = this.#map.workspace.isMapMirrored;
    return {
      left: left + (isMirrored ? 0 : start),
      right: right - (isMirrored ? start : 0),
      top: top + this.#map.stickPx,
      bottom,
    };
  }

  #takeMiddle(): void {
    const { left, right, top, bottom } = this.#sight();
    const middle = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    const target = middle && this.#root.contains(middle) ? this.#map.focus.targetOf(middle) : null;
    if (target?.kind === 'cell') this.#target = { card: null, cell: target.cell };
  }

  #find(selector: string): HTMLElement | null {
    return this.#root.querySelector<HTMLElement>(selector);
  }
}

function openIn(overlay: Overlay | null): MapLook['open'] {
  if (overlay?.kind === 'lane') return { kind: 'lane', type: overlay.type, phase: overlay.phase };
  return overlay?.kind === 'persona' ? { kind: 'persona', id: overlay.id } : null;
}

/** The place that a person works at, or has scrolled to. */
function targetIn({ at, cell }: Presence, look: Look | null): Target {
  if (look?.view === 'map' && (look.card !== null || look.cell)) return { card: look.card, cell: look.cell };
  return { card: at?.in === cards.name ? at.id : null, cell };
}

/** True if the board has this cell: it may have been removed meanwhile. */
function isIn({ board }: MapState, cell: CellAt): boolean {
  const column = board.journey.phases.find(({ phase }) => phase.id === cell.phase);
  const hasStep = cell.step === null || column?.steps.some(({ id }) => id === cell.step);
  return Boolean(column && hasStep) && board.journey.lanes.some(({ id }) => id === cell.lane);
}
