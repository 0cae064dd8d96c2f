import type { VersionRecord } from '../contract.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * How close automatic versions lie, by their age: close for "what did we have before lunch", wide for "how was
 * it in spring". They are made at most every ten minutes; a minute less, so that a timer's lateness thins
 * nothing. What is older than all of these goes. At most 370 of a board that is edited day and night.
 */
const automatic = [
  { untilMs: day, everyMs: 9 * minute },
  { untilMs: 7 * day, everyMs: hour },
  { untilMs: 90 * day, everyMs: day },
];

/** Named ones and those from before a restore: people chose them, so they stay, up to more than anyone looks through. */
const maxChosen = 200;

/**
 * The versions that need not be kept any more at a moment, milliseconds since 1970. `versions` are in the order in
 * which they were made, which is not that of their times where the wall clock was set back.
 */
export function outdated(versions: readonly VersionRecord[], now: number): readonly VersionRecord[] {
  const chosen = versions.filter(({ kind }) => kind !== 'automatic');
  const made = versions.filter(({ kind }) => kind === 'automatic');
  return [...chosen.slice(0, -maxChosen), ...crowded(made, now)];
}

/** Those that follow a kept one too closely for their age. The newest stays, and so does the first one after a step back. */
function crowded(oldestFirst: readonly VersionRecord[], now: number): readonly VersionRecord[] {
  let keptAt = -Infinity;
  return oldestFirst.filter((version, n) => {
    const tier = automatic.find(({ untilMs }) => now - version.at <= untilMs);
    const sinceMs = version.at < keptAt ? Infinity : version.at - keptAt;
    const isKept = n === oldestFirst.length - 1 || (tier && sinceMs >= tier.everyMs);
    if (isKept === true) keptAt = version.at;
    return isKept !== true;
  });
}
