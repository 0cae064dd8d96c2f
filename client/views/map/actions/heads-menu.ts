import type { LaneLine } from '$shared/collections/lane.ts';
import { laneLines, lanes, lockLane, setLine } from '$shared/collections/lane.ts';
import { addPhase, addStep, setTruth, steps } from '$shared/collections/phase.ts';
import type { Action } from '../../../parts/action.ts';
import { frameTitle } from '../../../parts/untitled.ts';
import { t } from '../../../text/messages.svelte.ts';
import { lockIcon, plusIcon, starIcon } from '../../../ui/icons.ts';
import type { MapState } from '../map-state.svelte.ts';
import { neighbourGap } from '../shifting.ts';
import { allHeads, onHead, shift } from './heads.ts';
import type { MapTarget } from './target.ts';

// Actions of the heads' menus without keys, in the menus' script.

export const shifts: readonly Action<MapTarget>[] = ([-1, 1] as const).map((by) =>
  onHead(allHeads, {
    name: by < 0 ? 'menu.earlier' : 'menu.later',
    label: ({ focus }) => {
      if (focus.kind === 'lane') return t(by < 0 ? 'menu.up' : 'menu.down');
      return t(by < 0 ? 'menu.earlier' : 'menu.later');
    },
    can: (map, head) => neighbourGap(map.board.journey, head, by) !== null,
    run: (map, head) => shift(map, head, by),
  }),
);

/** The period of a phase, and the ids of the period's phases. */
function siblingsOf(map: MapState, phase: string) {
  const part = map.board.journey.periods.find((one) => one.phases.some((each) => each.phase.id === phase));
  return part && { period: part.period, ids: part.phases.map((each) => each.phase.id) };
}

/** The gap before (-1) or after (1) one of these ids. */
function gapBeside(ids: readonly string[], id: string, by: 1 | -1) {
  const at = ids.indexOf(id);
  return by < 0 ? { after: ids[at - 1] ?? null, before: id } : { after: id, before: ids[at + 1] ?? null };
}

export const ofPhase: readonly Action<MapTarget>[] = [
  onHead(['phase'], { name: 'menu.goal', run: (map, { id }) => (map.renaming = `goal:${id}`) }),
  onHead(['phase'], {
    name: 'menu.add-step',
    icon: plusIcon,
    run: (map, { id }) => {
      const last = map.board.journey.phases.find(({ phase }) => phase.id === id)?.steps.at(-1)?.id ?? null;
      map.nameAdded('step', addStep(map.board.editor, id, '', { after: last, before: null }));
    },
  }),
];

export const besidePhase: readonly Action<MapTarget>[] = ([-1, 1] as const).map((by) =>
  onHead(['phase'], {
    name: by < 0 ? 'menu.phase-before' : 'menu.phase-after',
    run: (map, { id }) => {
      const part = siblingsOf(map, id);
      if (!part) return;
      map.nameAdded('phase', addPhase(map.board.editor, part.period, '', gapBeside(part.ids, id, by)));
    },
  }),
);

export const ofStep: readonly Action<MapTarget>[] = [
  onHead(['step'], {
    name: 'map.truth',
    icon: starIcon,
    isOn: (map, id) => map.board.of(steps).get(id)?.truth ?? false,
    run: (map, { id }) => {
      const step = map.board.of(steps).get(id);
      if (!step) return;
      setTruth(map.board.editor, id, !step.truth);
      const said = { step: frameTitle(step.title) };
      map.workspace.notify(t(step.truth ? 'map.truth.off' : 'map.truth.on', said), true);
    },
  }),
];

export const besideStep: readonly Action<MapTarget>[] = ([-1, 1] as const).map((by) =>
  onHead(['step'], {
    name: by < 0 ? 'menu.step-before' : 'menu.step-after',
    run: (map, { id }) => {
      const home = map.board.journey.phases.find((one) => one.steps.some((step) => step.id === id));
      if (!home) return;
      const ids = home.steps.map((step) => step.id);
      map.nameAdded('step', addStep(map.board.editor, home.phase.id, '', gapBeside(ids, id, by)));
    },
  }),
);

export const belowLane: readonly Action<MapTarget>[] = [
  onHead(['lane'], {
    name: 'menu.lane-after',
    icon: plusIcon,
    run: (map, { id }) => (map.overlay = { kind: 'add-lane', after: id }),
  }),
];

export const lock: readonly Action<MapTarget>[] = [
  onHead(['lane'], {
    name: 'menu.lock',
    label: ({ map, focus }) =>
      t(focus.kind === 'lane' && map.board.of(lanes).get(focus.id)?.locked ? 'menu.unlock' : 'menu.lock'),
    icon: lockIcon,
    run: (map, { id }) => {
      const on = !map.board.of(lanes).get(id)?.locked;
      lockLane(map.board.editor, id, on);
      map.workspace.notify(t(on ? 'menu.locked' : 'menu.unlocked'), true);
    },
  }),
];

export const lines: readonly Action<MapTarget>[] = laneLines.map((line: LaneLine) =>
  onHead(['lane'], {
    name: `line.${line}`,
    isOn: (map, id) => map.board.of(lanes).get(id)?.line === line,
    run: (map, { id }) => {
      const next = map.board.of(lanes).get(id)?.line === line ? null : line;
      setLine(map.board.editor, id, next);
      const value = t(next ? `line.${next}` : 'map.not-set');
      map.workspace.notify(t('map.set', { what: t('menu.line'), value }), true);
    },
  }),
);
