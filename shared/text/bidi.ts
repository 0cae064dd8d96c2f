const controls = /[\u2066-\u2069]/;
const eachControl = /[\u2066-\u2069]/g;
const closing = '\u2069';

/**
 * A text in which each isolate (U+2066 to U+2068) is closed and each U+2069 closes one. An unpaired U+2069 would end the
 * isolate around the text, also that of a `bdi` element, and what follows it could reorder the words of the page.
 */
export function closedIsolates(text: string): string {
  if (!controls.test(text)) return text;
  let open = 0;
  const paired = text.replace(eachControl, (control) => {
    if (control !== closing) open++;
    else if (open === 0) return '';
    else open--;
    return control;
  });
  return paired + closing.repeat(open);
}
