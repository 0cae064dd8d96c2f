/** Why a page has nothing to show; each is a heading and a sentence in plain words. */
export type NoticeKind =
  | 'wrong-link'
  | 'revoked-link'
  | 'no-board'
  | 'no-seat'
  | 'session-ended'
  | 'old-page'
  | 'board-full'
  | 'unreachable'
  | 'trouble'
  | 'nowhere';

/** The notice for an error of the server; what is none of these is trouble of its own, with a way to try again. */
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
      return 'board-full';
    case 'unreachable':
    case 'stopping':
      return 'unreachable';
    default:
      return 'trouble';
  }
}
