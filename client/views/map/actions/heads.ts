import { moveLane } from '$shared/collections/lane.ts';
import { movePhase, moveStep } from '$shared/collections/phase.ts';
import type { Action } from '../../../parts/action.ts';
import { pencilIcon, trashIcon } from '../../../ui/more-icons.ts';
import type { FocusTarget } from '../grid.ts';
import type { MapState } from '../map-state.svelte.ts';
import { neighbourGap } from '../shifting.ts';
import type { MapTarget } from './target.ts';

/** The head of a phase, a step or a lane. */
export type HeadTarget = Exclude<FocusTarget, { readonly kind: 'cell' }>;
type HeadKind = HeadTarget['kind'];

/** An action on heads of these kinds, for people who may change the structure. */
export function onHead(
  kinds: readonly HeadKind[],
  {
    run,
    can,
    isOn,
    ...rest
  }: Omit<Action<MapTarget>, 'run' | 'may' | 'can' | 'isOn'> & {
    readonly can?: (map: MapState, head: HeadTarget) => boolean;
    readonly isOn?: (map: MapState, id: string) => boolean;
    readonly run: (map: MapState, head: HeadTarget) => void;
  },
): Action<MapTarget> {
  return {
    ...rest,
    ...(can && { can: ({ map, focus }: MapTarget) => focus.kind !== 'cell' && can(map, focus) }),
    ...(isOn && { isOn: ({ map, focus }: MapTarget) => focus.kind !== 'cell' && isOn(map, focus.id) }),
    may: ({ map, focus }) =>
      focus.kind !== 'cell' && kinds.includes(focus.kind) && map.workspace.may('structure'),
    run: ({ map, focus }) => {
      if (focus.kind !== 'cell') run(map, focus);
    },
  };
}

export const allHeads: readonly HeadKind[] = ['phase', 'step', 'lane'];

export const rename: readonly Action<MapTarget>[] = [
  onHead(allHeads, {
    name: 'menu.rename',
    keys: ['Enter', 'F2'],
    icon: pencilIcon,
    run: (map, { kind, id }) => (map.renaming = `${kind}:${id}`),
  }),
];

/** Moves a phase, a step or a lane forward (1) or back (-1) by one place. */
export function shift(map: MapState, head: HeadTarget, by: 1 | -1): void {
  const { editor, journey } = map.board;
  const to = neighbourGap(journey, head, by);
  if (to?.kind === 'phase') movePhase(editor, head.id, to.period, to);
  if (to?.kind === 'step') moveStep(editor, head.id, to.phase, to);
  if (to?.kind === 'lane') moveLane(editor, head.id, to);
  if (to) requestAnimationFrame(() => map.focus.on(head));
}

/** Moves by a direction of the screen: lanes along the rows, phases and steps along the columns. */
export function shiftAlong(map: MapState, head: HeadTarget, rows: number, columns: number): void {
  const by = head.kind === 'lane' ? rows : columns;
  if (by !== 0 && map.workspace.may('structure')) shift(map, head, by > 0 ? 1 : -1);
}

export const removeHead: readonly Action<MapTarget>[] = allHeads.map((kind) =>
  onHead([kind], {
    name: `menu.remove-${kind}`,
    series: [['Delete'], 'menu.remove'],
    keys: ['Delete', 'Backspace'],
    icon: trashIcon,
    danger: true,
    run: (map, { id }) => (map.overlay = { kind: 'remove', of: kind, id }),
  }),
);
