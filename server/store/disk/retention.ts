import type { VersionRecord } from '../contract.ts';

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;

/**
 * Spacing of automatic versions by age: small for "what did we have before lunch", large for "how was it in spring".
 * Versions are made at most every ten minutes; the spacing is a minute less, so that a late timer removes none. Older
 * ones are removed. A board that is edited day and night has at most 370.
 */
const automatic = [
  { untilMs: day, everyMs: 9 * minute },
  { untilMs: 7 * day, everyMs: hour },
  { untilMs: 90 * day, everyMs: day },
];

/**
 * Named versions, and those from before a restore, are chosen by people and stay, up to more than anybody looks
 * through.
 */
const maxChosen = 200;

/**
 * The versions that are no longer needed at a time in milliseconds since 1970. `versions` are in the order in which
 * they were made, which differs from the order of their times if the wall clock was set back.
 */
export function outdated(versions: readonly VersionRecord[], now: number): readonly VersionRecord[] {
  const chosen = versions.filter(({ kind }) => kind !== 'automatic');
  const made = versions.filter(({ kind }) => kind === 'automatic');
  return [...chosen.slice(0, -maxChosen), ...crowded(made, now)];
}

/**
 * Versions too close after a kept one for their age. The newest stays, and so does the first one after the clock was
 * set back.
 */
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
