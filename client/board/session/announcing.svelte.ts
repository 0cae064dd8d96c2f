import { untrack } from 'svelte';
import { momentBetween } from '../../model/session/timer.ts';
import { t } from '../../text/messages.svelte.ts';
import type { SessionParts } from './session-parts.svelte.ts';

/** A page that finds the time up this long ago was asleep, and makes no sound. */
const lateMs = 5_000;

/**
 * Says to screen readers which item has begun and how much time is left, at a few moments, and sounds at the end. Call
 * it in an effect.
 */
export function announcing(parts: SessionParts): void {
  let beforeMs: number | null = null;
  let longestMs = 0;
  let isFirst = true;
  $effect(() => {
    const { now } = parts.countdown;
    const item = parts.model.item;
    untrack(() => {
      if (now.state === 'off' || now.state === 'held') {
        beforeMs = null;
        if (now.state === 'off') longestMs = 0;
        return;
      }
      longestMs = Math.max(longestMs, now.leftMs);
      const totalMs = item ? item.minutes * 60_000 : longestMs;
      const moment = beforeMs === null ? null : momentBetween(beforeMs, now.leftMs, totalMs);
      beforeMs = now.state === 'over' ? null : now.leftMs;
      if (moment === null) return;
      parts.announced = t(`session.moment.${moment}`);
      if (moment === 'over' && !parts.isMuted && sinceEnd(parts) < lateMs) parts.chime.play();
    });
  });
  $effect(() => {
    const id = parts.model.view && (parts.model.item?.id ?? '');
    if (id === null) return;
    untrack(() => {
      const { item } = parts.model;
      // What runs when a person comes is read with the page.
      if (item && !isFirst) {
        const instruction = parts.said(item.instruction).text;
        parts.announced = `${t('session.announce', { title: parts.titleOf(item.id) })} ${instruction}`;
      }
      isFirst = false;
    });
  });
}

/** Milliseconds since the time was up. */
function sinceEnd(parts: SessionParts): number {
  const timer = parts.model.session?.timer;
  const now = parts.model.now() ?? 0;
  if (timer?.state === 'running') return now - timer.endsAt;
  return timer?.state === 'over' ? now - timer.at : Infinity;
}
