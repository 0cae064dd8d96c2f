/** White space, control characters, and characters that are drawn as nothing, as a joiner or the Hangul filler. */
const unseen = '\\s\\p{Cc}\\p{Cf}\\p{Default_Ignorable_Code_Point}\\u2800';
const seen = new RegExp(`[^${unseen}]`, 'u');

/** True if a reader sees nothing of a text: it counts as empty. */
export function isBlank(text: string): boolean {
  return !seen.test(text);
}
