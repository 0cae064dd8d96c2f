import type { StartView } from '$shared/views.ts';

/** The address of a board, at the view that it begins with. */
export function boardPath(board: string, start: StartView): string {
  return start === 'ideas' ? `/b/${board}/ideas` : `/b/${board}`;
}
