/** A line end of any system: CR LF, or one of LF, VT, FF, CR, NEL, and Unicode's line and paragraph separators. */
const lineEnds = /\r\n|[\n-\r\u0085\u2028\u2029]/g;

/** A text on one line: each line end becomes one space. */
export function oneLine(text: string): string {
  return text.replace(lineEnds, ' ');
}

/** As `oneLine`, but CR LF becomes two spaces: indices into the text stay right. */
export function oneLineInPlace(text: string): string {
  return text.replace(lineEnds, (end) => ' '.repeat(end.length));
}

/** What stands before the first line end. */
export function firstLine(text: string): string {
  return text.split(lineEnds, 1)[0] ?? '';
}
