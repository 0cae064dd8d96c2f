import { readdirSync, readFileSync } from 'node:fs';
import type { Key, Messages } from '../../client/text/areas.ts';

export type Tongue = 'ar' | 'en';
/** The keys of an area whose message is a single text, without plural forms. */
type TextKey<Area> = { [Name in keyof Area]: Area[Name] extends string ? Name : never }[keyof Area];
export type Worded = Key & { [Name in keyof Messages]: TextKey<Messages[Name]> }[keyof Messages];

const texts = { ar: read('ar'), en: read('en') } as const;

/** The text of a button or heading in a language; `gap` fills a placeholder. */
export function word(language: Tongue, key: Worded, gap = ''): string {
  const text = texts[language][key];
  if (text === undefined) throw new Error(`There is no message ${key} in ${language}.`);
  return text.replace(/\{\w+\}/, gap);
}

/** The messages of all areas. */
function read(language: Tongue): Partial<Record<string, string>> {
  const folder = `client/text/${language}`;
  const areas = readdirSync(folder).map((file) => readFileSync(`${folder}/${file}`, 'utf8'));
  return Object.assign({}, ...areas.map((area) => JSON.parse(area) as object)) as Record<string, string>;
}
