import type { Role } from '$shared/roles.ts';
import type { View } from '../../parts/view.ts';

/** Where following leads: to a view; or nowhere, because of the person's role or because the page lacks the view. */
export type LedView =
  | { readonly view: View; readonly blocked: null }
  | { readonly view: null; readonly blocked: 'role' | 'unknown' };

/**
 * The view to open for a person in a role who follows.
 * @param wanted the leader's view; null if this page does not know it
 */
export function ledView(wanted: View | null, role: Role): LedView {
  if (!wanted) return { view: null, blocked: 'unknown' };
  return wanted.may(role) ? { view: wanted, blocked: null } : { view: null, blocked: 'role' };
}
