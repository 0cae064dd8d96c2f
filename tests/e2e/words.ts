import ar from '../../client/text/ar.json' with { type: 'json' };
import en from '../../client/text/en.json' with { type: 'json' };

const texts = { ar, en } as const;
export type Tongue = keyof typeof texts;
type Worded = { [Key in keyof typeof en]: (typeof en)[Key] extends string ? Key : never }[keyof typeof en];

/** What a button or a heading says in a language; a gap is filled with `gap`. */
export function word(language: Tongue, key: Worded, gap = ''): string {
  return texts[language][key].replace(/\{\w+\}/, gap);
}
