// The figures of a page: their names, units and aims, and how they are printed.
import { higher, lower } from '../comparison.mjs';
import { median, table, written } from '../figures.mjs';

/** `aims`: by number of cards, the highest value that is wanted, or the lowest where higher is better. */
export const figures = [
  { key: 'usable', name: 'load to usable', unit: 'ms', aims: { 5000: 480 } },
  { key: 'busy', name: 'main thread until usable', unit: 'ms' },
  { key: 'heap', name: 'heap', unit: 'MB', aims: { 5000: 20 } },
  { key: 'elements', name: 'elements', unit: '', aims: { 5000: 2500 } },
  { key: 'one', name: 'one remote move', unit: 'ms', aims: { 1000: 3.5 } },
  { key: 'fifty', name: 'fifty remote moves at once', unit: 'ms', aims: { 1000: 5.5 } },
  { key: 'letter', name: 'typed letter', unit: 'ms', aims: { 1000: 3.5 } },
  { key: 'drag', name: 'drag step', unit: 'ms', aims: { 1000: 4 } },
  { key: 'dragFrames', name: 'frames a second while dragging', unit: '', aims: { 1000: 60 }, better: higher },
  { key: 'pan', name: 'pan step', unit: 'ms' },
  { key: 'panFrames', name: 'frames a second while panning', unit: '', better: higher },
  { key: 'rest', name: 'rest for 10 s', unit: 'ms' },
];

const sizeName = (count) => count.toLocaleString('en');
const spread = (values) => (Math.max(...values) - Math.min(...values)) / 2;
/** Figures without a unit are counts. */
const write = (value, unit) => (unit === '' ? Math.round(value).toLocaleString('en') : written(value, unit));
const has = (values) => values?.length > 0;

/** Prints the figures of all pages at one size, and their ratios. `values`: by page, by figure, a list of measurements. */
export function printSize(count, names, values) {
  const shown = figures.filter(({ key }) => names.some((name) => has(values[name][key])));
  const head = [`${sizeName(count)} cards`, ...names, 'aim', ''];
  const rows = shown.map((figure) => {
    const ours = values.resa?.[figure.key];
    const aim = figure.aims?.[count];
    return [
      figure.name,
      ...names.map((name) => cell(values[name][figure.key], figure.unit)),
      aim === undefined ? '' : write(aim, figure.unit),
      aim === undefined || !has(ours) ? '' : isMet(figure, median(ours), aim) ? 'met' : 'MISSED',
    ];
  });
  console.log(`\n${table([head, ...rows])}\n`);
  const pairs = [
    ...names.filter((name) => name !== 'bare').map((name) => [name, 'bare']),
    ...names.filter((name) => name !== 'resa' && name !== 'bare').map((name) => [name, 'resa']),
  ].filter(([, base]) => names.includes(base));
  if (pairs.length === 0) return;
  const ratios = shown.map(({ key, name }) => [
    name,
    ...pairs.map(([of, base]) => ratio(values[of][key], values[base][key])),
  ]);
  console.log(table([['ratio', ...pairs.map(([of, base]) => `${of} to ${base}`)], ...ratios]));
}

/** Prints of which parts the work consists, beside painting and the rest: script, style and layout. */
export function printParts(count, names, values) {
  const shown = figures.filter(({ key }) => names.some((name) => has(values[name][`${key}, script`])));
  const part = (of, key, counter) => median(of[`${key}, ${counter}`]);
  const rows = shown.map(({ key, name }) => [
    name,
    ...names.map((page) => {
      const of = values[page];
      if (!has(of[`${key}, script`])) return '';
      const layout = part(of, key, 'style') + part(of, key, 'layout');
      return `${written(part(of, key, 'script'), '').trim()} + ${written(layout, 'ms')}`;
    }),
  ]);
  if (rows.length > 0)
    console.log(`\n${table([[`script + style and layout, ${sizeName(count)} cards`, ...names], ...rows])}`);
}

function cell(values, unit) {
  if (!has(values)) return '';
  const middle = write(median(values), unit).trim();
  return values.length > 1 ? `${middle} ± ${write(spread(values), unit)}` : middle;
}

function ratio(values, base) {
  if (!has(values) || !has(base)) return '';
  const of = median(values) / median(base);
  return Number.isFinite(of) ? of.toFixed(of < 10 ? 2 : 0) : '';
}

/** Compares as many digits as the aim has: 59.9 frames a second are 60. */
function isMet({ better }, value, aim) {
  return better === higher ? Math.round(value) >= aim : value <= aim;
}

/** The rows of a comparison of two builds. */
export function comparedRows(count, { old, new: recent }) {
  return figures.map(({ key, name, unit, better = lower }) => ({
    name: `${name}, ${sizeName(count)} cards`,
    better,
    write: (value) => write(value, unit),
    old: old[key] ?? [],
    new: recent[key] ?? [],
  }));
}
