// Compares two builds, `old` and `new`, measured in the same rounds: which figures are worse in the new one?
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { median, table } from './figures.mjs';
import { dist, programOf } from './server.mjs';

/** Whether lower or higher values of a figure are better. */
export const lower = 'lower';
export const higher = 'higher';

/** A difference of at most this share of the old median is ignored. */
const negligible = 0.03;
const usualRounds = 5;

/**
 * @returns the two builds to measure and the number of rounds; throws an error with a message for the user if the
 * options are wrong
 */
export function besideOptions({ beside, rounds = usualRounds }) {
  const builds = { old: resolve(beside), new: dist };
  for (const build of Object.values(builds))
    if (!existsSync(programOf(build))) throw new Error(`There is no built server at ${programOf(build)}.`);
  const count = Number(rounds);
  if (!Number.isInteger(count) || count < 2)
    throw new Error('A comparison needs two rounds or more: with one, the spread is not known.');
  return { builds, rounds: count };
}

/** Old new, new old, old new, and so on, so that a machine that gets slower or faster meanwhile affects both alike. */
export const orderIn = (round) => (round % 2 === 1 ? ['old', 'new'] : ['new', 'old']);

/**
 * Prints a table and, at the end, the figures that are worse.
 * @param rows `{name, write, better, old, new}`: a figure, its format, and its values by build
 * @param failures what failed, as sentences
 * @returns the exit code; worse figures count only if `isStrict`, since timings are not tests
 */
export function printComparison({ rows, failures, builds, rounds, isStrict }) {
  const judged = rows.filter((row) => row.old.length + row.new.length > 0).map(judge);
  const worse = judged.filter(({ verdict }) => verdict === 'worse');
  const unclear = judged.filter(({ verdict }) => verdict === 'unclear');
  console.log(
    [
      '',
      `old: ${builds.old}`,
      `new: ${builds.new}`,
      `Medians of ${rounds} alternating rounds. ± is the spread of a build: half of highest minus lowest round.`,
      ...(rounds < usualRounds
        ? [`With fewer than ${usualRounds} rounds, chance alone makes figures worse.`]
        : []),
      `worse, better: the medians differ by more than ${100 * negligible} % and by more than both spreads together.`,
      `unclear: they differ by more than ${100 * negligible} %, but not by more than both spreads together.`,
      '',
      table([
        ['figure', 'better', 'old', 'new', 'new to old', ''],
        ...judged.map(({ name, better, before, after, ratio, verdict }) => [
          name,
          better,
          before,
          after,
          ratio,
          verdict,
        ]),
      ]),
      '',
      `${judged.length} figures: ${worse.length} worse, ${unclear.length} unclear.`,
      ...failures.map((one) => `FAILED: ${one}`),
      worse.length === 0
        ? `nothing worse${failures.length > 0 ? ' in the runs that did not fail' : ''}`
        : `worse: ${worse.map(({ name, ratio }) => `${name} (${ratio})`).join(', ')}`,
    ].join('\n'),
  );
  return failures.length > 0 || (isStrict && worse.length > 0) ? 1 : 0;
}

function judge(row) {
  return {
    ...row,
    before: written(row.old, row.write),
    after: written(row.new, row.write),
    ratio: ratioOf(median(row.old), median(row.new)),
    verdict: verdictOf(row),
  };
}

export function verdictOf({ better, old, new: recent }) {
  if (old.length === 0 || recent.length === 0) return 'no figure';
  const difference = median(recent) - median(old);
  if (Math.abs(difference) <= negligible * Math.abs(median(old))) return 'same';
  if (Math.abs(difference) <= spreadOf(old) + spreadOf(recent)) return 'unclear';
  return difference > 0 === (better === lower) ? 'worse' : 'better';
}

const spreadOf = (values) => (Math.max(...values) - Math.min(...values)) / 2;

function written(values, write) {
  return values.length === 0 ? '' : `${write(median(values))} ± ${write(spreadOf(values))}`;
}

function ratioOf(before, after) {
  const ratio = after / before;
  return Number.isFinite(ratio) ? ratio.toFixed(3) : '';
}
