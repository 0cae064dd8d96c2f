import { join, renewMembership } from '../model/api/joining.ts';
import { visits } from '../model/device/visits.ts';
import { language } from '../text/messages.svelte.ts';
import type { NoticeKind } from '../parts/notice.ts';
import { noticeFor } from '../parts/notice.ts';

/** The result of renewing a membership that the server no longer accepts. */
export type Regained =
  | { readonly kind: 'renewed' }
  /** The board was reset or rebuilt. The person is a member again and must reopen it. */
  | { readonly kind: 'board-reset' }
  /** The server cannot answer now, which says nothing about the membership. */
  | { readonly kind: 'later' }
  | { readonly kind: 'lost'; readonly notice: NoticeKind };

/**
 * Renews a membership. If its token is no longer valid (expired, the server's key changed, or the board was reset),
 * joins again by the link that this device has. Only as the same person: nobody becomes another person without choosing
 * to.
 */
export async function regainMembership(board: string, person: string): Promise<Regained> {
  const renewed = await renewMembership(board, person);
  if (renewed.ok) return { kind: 'renewed' };
  if (renewed.code !== 'ticket' && renewed.code !== 'board-reset') return afterFailure(renewed.code);
  const visit = visits().find((one) => one.board === board && one.person === person);
  if (!visit) return { kind: 'lost', notice: 'session-ended' };
  const { secret, name, color, device } = visit;
  const joined = await join({
    link: secret,
    name,
    color: color === '' ? undefined : color,
    language: language(),
    device,
  });
  if (!joined.ok) return afterFailure(joined.code);
  if (joined.value.person !== person) return { kind: 'lost', notice: 'session-ended' };
  return { kind: renewed.code === 'board-reset' ? 'board-reset' : 'renewed' };
}

function afterFailure(code: string): Regained {
  const notice = noticeFor(code);
  const mayPass: readonly NoticeKind[] = ['unreachable', 'trouble', 'board-full'];
  return mayPass.includes(notice) ? { kind: 'later' } : { kind: 'lost', notice };
}
