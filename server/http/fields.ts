import * as v from 'valibot';
import { idPattern } from '../../shared/id.ts';
import { maxVersionName } from '../../shared/limits.ts';
import { colorSchema } from '../../shared/schema/field.ts';
import { personColors } from '../../shared/collections/person.ts';
import { oneLine } from '../../shared/text/lines.ts';
import { languages } from '../templates/languages.ts';

/** Schemas of fields that several requests share. Messages never quote a value, because they may be logged. */

/** The most people whose additions one request may remove: the participants of a large workshop. */
const maxPeopleNamed = 200;

/** Characters that are invisible or change the direction of text. Joiners stay, because some scripts need them. */
const hidden = /[\p{Cc}\p{Surrogate}\p{Co}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Matches if a text has at least one visible character: some letters and symbols are drawn as nothing. */
const visible = /(?![\p{Default_Ignorable_Code_Point}\u2800])[\p{L}\p{N}\p{P}\p{S}]/u;

/** Normalises a name or title for storage: one line, NFC, without invisible characters. */
export function plainLine(text: string): string {
  const visibleOnly = oneLine(text).replace(/\s/gu, ' ').replace(hidden, '');
  return visibleOnly.replace(/ +/g, ' ').trim().normalize('NFC');
}

/** Normalises a text of several lines like `plainLine`, and keeps its lines. */
export function plainText(text: string): string {
  return text
    .split(/\r\n|[\n\r\u2028\u2029]/u)
    .map(plainLine)
    .join('\n')
    .trim();
}

export function lineSchema(maxChars: number): v.GenericSchema<unknown, string> {
  return v.pipe(
    v.string('must be text'),
    v.transform(plainLine),
    v.regex(visible, 'must not be empty'),
    v.maxLength(maxChars, `must have at most ${maxChars} characters`),
  );
}

export const languageSchema = v.picklist(languages, `must be one of ${languages.join(', ')}`);

/** A whole link or its secret. Whether it opens a board is checked later. */
export const linkSchema = v.pipe(v.string('must be text'), v.maxLength(2_000, 'is too long for a link'));

/** A person's colour: a name from the palette, or any `#rrggbb`. Parses to `#rrggbb`. */
export const personColorSchema = v.pipe(
  v.string('must be text'),
  v.transform((given) => personColors.find((one) => one.id === given)?.color ?? given.toLowerCase()),
  v.check((color) => v.is(colorSchema, color), 'must be #rrggbb or the name of a palette colour'),
);

/** A version's name. */
export const versionNameSchema = lineSchema(maxVersionName);

/** Ids of people on a board. The limit leaves room for all devices and roles of a group. */
export const peopleSchema = v.pipe(
  v.array(v.pipe(v.string('must be text'), v.regex(idPattern, 'must be an id')), 'must be a list of ids'),
  v.minLength(1, 'must name at least one person'),
  v.maxLength(maxPeopleNamed, `must name at most ${maxPeopleNamed} people`),
);

/** The random secret of a device, by which the server recognises a returning person. */
export const deviceSchema = v.pipe(
  v.string('must be text'),
  v.regex(/^[A-Za-z0-9_-]{16,64}$/, 'must be 16 to 64 letters, digits, - or _'),
);
