// Summarizes measurements, and prints them: one line per figure, with its target.
const lines = [];

/** The median; for an even number of values, the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

export function written(value, unit) {
  const size = Math.abs(value);
  return `${value.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2)} ${unit}`;
}

/** Records a figure of the product; lower is better. `target`: its maximum, or null if there is none. */
export function figure(name, value, unit, target = null, note = '') {
  add({ name, value, unit, target, note, isOurs: true });
}

/** Records a figure about the machine, or one that is derived from others. */
export function reference(name, value, unit, note = '') {
  add({ name, value, unit, target: null, note, isOurs: false });
}

function add(noted) {
  const { value, unit, target } = noted;
  const line = {
    ...noted,
    measured: written(value, unit),
    limit: target === null ? '' : `<= ${target} ${unit}`,
    verdict: target === null ? '' : value <= target ? 'met' : 'MISSED',
  };
  lines.push(line);
  console.log(cellsOf(line).filter(Boolean).join(' | '));
}

const cellsOf = ({ name, measured, limit, verdict, note }) => [name, measured, limit, verdict, note];

/** The product's figures so far, for a comparison with another build. */
export const ourFigures = () =>
  lines.filter(({ isOurs }) => isOurs).map(({ name, value, unit }) => ({ name, value, unit }));

/** Prints all figures, and how many targets are met. */
export function printTable() {
  console.log(`\n${table([['figure', 'measured', 'target', '', 'note'], ...lines.map(cellsOf)])}`);
  const missed = lines.filter(({ verdict }) => verdict === 'MISSED');
  const judged = lines.filter(({ verdict }) => verdict !== '');
  console.log(
    `\n${judged.length - missed.length} of ${judged.length} targets met${missed.length > 0 ? `; missed: ${missed.map(({ name }) => name).join(', ')}` : ''}.`,
  );
}

/** Formats rows of texts as a Markdown table; the first row is the heading. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const draw = (row) => `| ${row.map((text, column) => text.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...rest] = rows;
  return [draw(head), draw(widths.map((width) => '-'.repeat(width))), ...rest.map(draw)].join('\n');
}
