/** Why a page has nothing to show. Each has a heading and a sentence. */
export type NoticeKind =
  | 'wrong-link'
  | 'revoked-link'
  | 'no-board'
  | 'no-membership'
  | 'session-ended'
  | 'no-cookies'
  | 'old-page'
  | 'board-full'
  | 'removed'
  | 'closed'
  | 'unreachable'
  | 'trouble'
  | 'nowhere';

/** The notice for a server error. Codes without a notice of their own get a general one, with a button to try again. */
export function noticeFor(code: string): NoticeKind {
  switch (code) {
    case 'no-such-link':
    case 'invalid':
      return 'wrong-link';
    case 'link-revoked':
      return 'revoked-link';
    case 'no-such-board':
      return 'no-board';
    case 'ticket':
    case 'not-allowed':
    case 'board-reset':
      return 'session-ended';
    case 'board-full':
    case 'removed':
    case 'closed':
      return code;
    case 'unreachable':
    case 'stopping':
      return 'unreachable';
    default:
      return 'trouble';
  }
}
