import { decisions } from '$shared/collections/decision.ts';
import type { IdeaState } from '$shared/collections/idea.ts';
import { ideas, ideaStates, lockIdea, setIdeaDecision } from '$shared/collections/idea.ts';
import type { Action } from '../../parts/action.ts';
import { menuItems } from '../../parts/action.ts';
import { t } from '../../text/messages.svelte.ts';
import { lockIcon } from '../../ui/icons.ts';
import type { MenuItem } from '../../ui/menu.ts';
import type { Backlog } from './backlog.svelte.ts';

interface Target {
  readonly backlog: Backlog;
  readonly id: string;
}

/** The states of an idea, as menu actions. */
const states: readonly Action<Target>[] = ideaStates.map((state: IdeaState) => ({
  name: `ideas.state.${state}`,
  may: ({ backlog }) => backlog.workspace.may('write'),
  isOn: ({ backlog, id }) => backlog.board.of(ideas).get(id)?.state === state,
  run: ({ backlog, id }) => backlog.setState(id, state),
}));

/** Decisions about an idea and its lock, for facilitators, as menu actions. */
const forLeaders: Action<Target>['may'] = ({ backlog }) => backlog.workspace.may('structure');
const decisionActions: readonly Action<Target>[] = decisions.map((one) => ({
  name: `decision.${one}`,
  may: forLeaders,
  isOn: ({ backlog, id }) => backlog.board.of(ideas).get(id)?.decision === one,
  run: ({ backlog, id }) => {
    const now = backlog.board.of(ideas).get(id)?.decision;
    setIdeaDecision(backlog.board.editor, id, now === one ? null : one);
  },
}));
const lockActions: readonly Action<Target>[] = [
  {
    name: 'ideas.lock',
    label: ({ backlog, id }) => t(backlog.board.of(ideas).get(id)?.locked ? 'ideas.unlock' : 'ideas.lock'),
    icon: lockIcon,
    may: forLeaders,
    run: ({ backlog, id }) => lockIdea(backlog.board.editor, id, !backlog.board.of(ideas).get(id)?.locked),
  },
];

/** The menu of an idea: its state, and for facilitators the decision about it and its lock. */
export function rowMenu(backlog: Backlog, id: string): MenuItem[] {
  const target = { backlog, id };
  const decided = menuItems(decisionActions, target);
  const locked = menuItems(lockActions, target);
  return [
    ...menuItems(states, target),
    ...(decided.length > 0 ? [{ kind: 'heading', label: t('ideas.decision') } as const, ...decided] : []),
    ...(locked.length > 0 ? [{ kind: 'separator' } as const, ...locked] : []),
  ];
}
