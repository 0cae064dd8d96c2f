import type { Role } from '$shared/roles.ts';
import { t } from '../text/messages.svelte.ts';

/** A person on the board, as the top bar and the list of people show them. */
export interface Person {
  readonly id: string;
  readonly name: string;
  readonly color: string;
  readonly role: Role;
  /** True for the person of this page. */
  readonly self: boolean;
}

/** "Ana (you), participant". */
export function labelOf({ self, name, role }: Person): string {
  return t(self ? 'board.person.you' : 'board.person', { name, role: t(`role.${role}`) });
}
