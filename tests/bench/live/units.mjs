// Formats of figures.
export function count(value) {
  if (value === null || value === undefined || Number.isNaN(value)) return '';
  const size = Math.abs(value);
  if (size >= 1000) return Math.round(value).toLocaleString('en');
  if (size >= 100 || Number.isInteger(value)) return value.toFixed(0);
  return value.toFixed(size >= 10 ? 1 : 2);
}

const withUnit = (unit) => (value) => {
  const written = count(value);
  return written === '' ? '' : `${written} ${unit}`;
};

export const us = withUnit('us');
export const ms = withUnit('ms');
export const kilobytes = (bytes) => withUnit('KB')(bytes / 1024);
export const megabytes = (bytes) => withUnit('MB')(bytes / 2 ** 20);
export const percent = (share) => (Number.isNaN(share) ? '' : `${(100 * share).toFixed(1)} %`);
export const yesNo = (is) => (is ? 'yes' : 'no');
