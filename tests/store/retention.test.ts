import { describe, expect, test } from 'vitest';
import type { VersionKind, VersionRecord } from '../../server/store/contract.ts';
import { outdated } from '../../server/store/disk/retention.ts';

const minute = 60_000;
const day = 24 * 60 * minute;
const now = 1_000 * day;

function version(minutesAgo: number, kind: VersionKind = 'automatic'): VersionRecord {
  const at = now - minutesAgo * minute;
  return { id: `v${minutesAgo}`, at, kind, name: '', person: '', bytes: 1 };
}

/** The ages, in minutes, of versions that stay, if they were made in the order of their times. */
function kept(versions: readonly VersionRecord[]): readonly number[] {
  const oldestFirst = versions.toSorted((a, b) => a.at - b.at);
  const gone = new Set(outdated(oldestFirst, now));
  return versions.filter((each) => !gone.has(each)).map(({ at }) => (now - at) / minute);
}

/** Minutes from `from` to `to`, `step` apart. */
const every = (step: number, from: number, to: number) =>
  Array.from({ length: (to - from) / step + 1 }, (_, n) => from + n * step);

test('versions of the last day that are ten minutes apart stay', () => {
  const ages = every(10, 0, 1430);
  expect(kept(ages.map((age) => version(age)))).toEqual(ages);
});

test('older versions stay an hour apart for a week, a day apart for 90 days, and then are removed', () => {
  const ages = kept(every(10, 0, 100 * 1440).map((age) => version(age)));
  const apart = (from: number, to: number) => {
    const within = ages.filter((age) => age > from && age <= to);
    return within.slice(1).map((age, n) => age - (within[n] ?? 0));
  };
  expect(new Set(apart(1440, 7 * 1440))).toEqual(new Set([60]));
  expect(new Set(apart(7 * 1440, 90 * 1440))).toEqual(new Set([1440]));
  expect(Math.max(...ages)).toBeLessThanOrEqual(90 * 1440);
  expect(ages.length).toBeLessThan(380);
});

test('when versions are thinned over 30 days, no gap exceeds the limit for its age', () => {
  let versions: VersionRecord[] = [];
  const start = now;
  for (let n = 0; n < 30 * 144; n++) {
    const at = start + n * 10 * minute;
    versions.push({ id: `v${n}`, at, kind: 'automatic', name: '', person: '', bytes: 1 });
    const gone = new Set(outdated(versions, at));
    versions = versions.filter((each) => !gone.has(each));
  }
  const end = versions.at(-1)?.at ?? 0;
  for (const [n, { at }] of versions.slice(1).entries()) {
    const gap = at - (versions[n]?.at ?? 0);
    const age = end - (versions[n]?.at ?? 0);
    expect(gap).toBeLessThanOrEqual(
      age <= day ? 10 * minute : age <= 7 * day ? 70 * minute : day + 70 * minute,
    );
  }
});

test('the newest automatic version stays, however close it is to the previous one', () => {
  expect(kept([version(1), version(0)])).toEqual([1, 0]);
  expect(kept([version(2), version(1), version(0)])).toEqual([2, 0]);
});

test('the newest 200 versions that are named or from before a restore stay at any age', () => {
  const ages = every(1440, 1440, 200 * 1440);
  const chosen = ages.map((age, n) => version(age, n % 2 === 0 ? 'named' : 'before-restore'));
  expect(kept(chosen)).toEqual(ages);
  expect(kept([...chosen, version(0, 'named')])).toEqual([...ages.slice(0, -1), 0]);
});

describe('the wall clock is set back a day while people work', () => {
  /** Two days of work under the same dates: made in this order, the second day between the versions of the first. */
  const firstDay = every(10, 0, 1430).map((age) => version(age));
  const secondDay = every(10, 5, 1435).map((age) => version(age));
  const made = [...firstDay.reverse(), ...secondDay.reverse()];

  test('the versions of both days stay', () => {
    expect(outdated(made, now)).toEqual([]);
    for (let n = 1; n <= made.length; n++)
      expect(outdated(made.slice(0, n), made[n - 1]?.at ?? 0)).toEqual([]);
  });

  test('once they are old, each day is thinned separately', () => {
    const gone = new Set(outdated(made, now + 2 * day));
    const left = made.filter((one) => !gone.has(one));
    const hoursOf = (versions: readonly VersionRecord[]) =>
      left.filter((one) => versions.includes(one)).length;
    expect(hoursOf(firstDay)).toBe(24);
    // The newest of all stays besides the hourly ones.
    expect(hoursOf(secondDay)).toBe(25);
  });

  test('the latest version stays, even if 200 named ones have later dates', () => {
    const later = every(1, 0, 199).map((age) => version(age, 'named'));
    const before = version(1440, 'before-restore');
    expect(outdated([...later.reverse(), before], before.at)).toEqual([later[0]]);
  });
});
