/** Made on first use. Null if the browser has none; texts are then cut between code points. */
let segmenter: Intl.Segmenter | null | undefined;

function segments(text: string): Intl.Segments | undefined {
  // Older browsers lack it, whatever the types say.
  const given = Intl as Partial<typeof Intl>;
  segmenter ??= given.Segmenter ? new given.Segmenter(undefined, { granularity: 'grapheme' }) : null;
  return segmenter?.segment(text);
}

/** The longest beginning of a text of at most `max` UTF-16 units that cuts no grapheme: no letter, mark or emoji. */
export function beginning(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 0) return '';
  // No grapheme extends from one ASCII character to the next, except CR LF.
  if (/^[^\r\u0080-\uffff][^\u0080-\uffff]/.test(text.slice(max - 1, max + 1))) return text.slice(0, max);
  const at = segments(text)?.containing(max)?.index;
  if (at !== undefined) return text.slice(0, at);
  return text.slice(0, /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(max - 1, max + 1)) ? max - 1 : max);
}

/** A text of at most `max` UTF-16 units, with an ellipsis after that if it was longer. */
export function shortened(text: string, max: number): string {
  return text.length > max ? `${beginning(text, max).trimEnd()}…` : text;
}

/** The first grapheme: what a reader sees as one character, however many code points it has. */
export function firstGrapheme(text: string): string {
  const [first] = segments(text) ?? [];
  return first?.segment ?? Array.from(text)[0] ?? '';
}
