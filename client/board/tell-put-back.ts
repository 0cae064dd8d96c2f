import type { Lost } from '../model/sync/lost.ts';
import { isRefused } from '../model/sync/lost.ts';
// Fetched ahead with this script, so that it is there when something is put back.
import '../model/sync/put-back.ts';
import { t } from '../text/messages.svelte.ts';
import { toast } from '../ui/toasts.svelte.ts';
import { refusalText } from './refusal-text.ts';

/** At most one message for the same reason in this time: each letter typed may be put back by itself. */
const quietMs = 10_000;
let told = { why: '', at: -Infinity };

/** Says why the server put an edit back, with a button that shows the text. */
export function tellPutBack({ why, exceeded }: Lost, show: () => unknown): void {
  const at = performance.now();
  if (!isRefused(why) || (told.why === why && at - told.at < quietMs)) return;
  told = { why, at };
  const action = { label: t('board.lost.show'), run: () => void show() };
  toast(refusalText(why, exceeded), { tone: 'warning', isLong: true, action });
}
