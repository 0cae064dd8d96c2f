import type { Action } from '../../../parts/action.ts';
import { pencilIcon, trashIcon } from '../../../ui/more-icons.ts';
import type { MapState } from '../map-state.svelte.ts';

/** A persona in the bar above the map. */
interface PersonaTarget {
  readonly map: MapState;
  readonly id: string;
}

const may = ({ map }: PersonaTarget) => map.workspace.may('structure');

export const ofPersona: readonly Action<PersonaTarget>[] = [
  {
    name: 'menu.edit',
    icon: pencilIcon,
    may,
    run: ({ map, id }) => (map.overlay = { kind: 'persona', id }),
  },
  {
    name: 'menu.remove-persona',
    icon: trashIcon,
    danger: true,
    may,
    run: ({ map, id }) => (map.overlay = { kind: 'remove', of: 'persona', id }),
  },
];
