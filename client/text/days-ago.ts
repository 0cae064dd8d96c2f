import { dateTime, language } from './messages.svelte.ts';

const dayMs = 86_400_000;
/** After this many days, show the date. */
const mostDays = 7;

/** "today", "yesterday", "3 days ago"; after a week, the date. Both times in milliseconds since 1970. */
export function daysAgo(time: number, now: number): string {
  const midnight = new Date(now).setHours(24, 0, 0, 0);
  const days = Math.floor((midnight - time) / dayMs);
  if (days < 0 || days > mostDays) return dateTime(time, { dateStyle: 'medium' });
  return new Intl.RelativeTimeFormat(language(), { numeric: 'auto' }).format(-days, 'day');
}
