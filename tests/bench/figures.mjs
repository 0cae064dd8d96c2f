// Sums up measurements, and prints them: a line a figure, with what it should be.
const lines = [];

/** The value in the middle; of an even number of values, the mean of the two in the middle. */
export function median(values) {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? NaN;
}

/** Notes a figure. `target`: the most that it may be, or null for what is told for information. */
export function figure(name, value, unit, target = null, note = '') {
  const digits = Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : 2;
  const verdict = target === null ? '' : value <= target ? 'met' : 'MISSED';
  const line = {
    name,
    value: `${value.toFixed(digits)} ${unit}`,
    target: target === null ? '' : `<= ${target} ${unit}`,
    verdict,
    note,
  };
  lines.push(line);
  console.log([line.name, line.value, line.target, line.verdict, line.note].filter(Boolean).join(' | '));
}

/** The table as Markdown. */
export function printTable() {
  const rows = [
    ['figure', 'measured', 'target', '', 'note'],
    ...lines.map(({ name, value, target, verdict, note }) => [name, value, target, verdict, note]),
  ];
  const widths = rows[0].map((_, column) => Math.max(3, ...rows.map((row) => row[column].length)));
  const draw = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(' | ')} |`;
  const [head, ...rest] = rows;
  console.log(
    `\n${draw(head)}\n${draw(widths.map((width) => '-'.repeat(width)))}\n${rest.map(draw).join('\n')}`,
  );
  const missed = lines.filter(({ verdict }) => verdict === 'MISSED');
  const judged = lines.filter(({ verdict }) => verdict !== '');
  console.log(
    `\n${judged.length - missed.length} of ${judged.length} targets met${missed.length > 0 ? `; missed: ${missed.map(({ name }) => name).join(', ')}` : ''}.`,
  );
}
