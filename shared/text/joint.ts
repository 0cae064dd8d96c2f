/** Scripts whose words have no spaces between them, and their full-width signs. */
const spaceless =
  '\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Bopo}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Tibt}\\uff00-\\uffef';
/** What has no space after it: a space, an opening bracket or quote, and what ties two words together. */
const tiesOn = new RegExp(`[\\s\\p{Ps}\\p{Pi}\\-_/@#\\u200b\\u200d${spaceless}]$`, 'u');
/** What has no space before it: a space, a closing bracket or quote, and signs that follow a word. */
const tiesBack = new RegExp(`^[\\s\\p{M}\\p{Pe}\\p{Pf}.,;:!?…'%‰°/_،؛؟٪۔${spaceless}]`, 'u');

/** What comes between a text and words that are added to its end: a space, or nothing. */
export function jointAfter(text: string): '' | ' ' {
  return text === '' || tiesOn.test(text) ? '' : ' ';
}

/** Whether words that are added to the end of a text need no space before them. */
export function needsNoJoint(words: string): boolean {
  return tiesBack.test(words);
}
