import * as v from 'valibot';
import { idPattern } from '../../shared/id.ts';
import { maxVersionName } from '../../shared/limits.ts';
import { colorSchema } from '../../shared/schema/field.ts';
import { personColors } from '../../shared/collections/person.ts';
import { languages } from '../templates/languages.ts';

/** Schemas of the fields that requests have in common. Messages name no value: they may end in a log. */

/** People whose additions one request may remove: all who took part in a large workshop. */
const maxPeopleNamed = 200;

/** Characters that turn the text around them, or are not seen at all; a joiner is kept, since scripts need it. */
const hidden = /[\p{Cc}\p{Surrogate}\p{Co}\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\ufeff]/gu;

/** Whether anything of a text is to be seen. */
const visible = /[\p{L}\p{N}\p{P}\p{S}]/u;

/** A name or a title as it is stored: one line, composed, with nothing in it that is not seen. */
export function plainLine(text: string): string {
  const visibleOnly = text.replace(/\s/gu, ' ').replace(hidden, '');
  return visibleOnly.replace(/ +/g, ' ').trim().normalize('NFC');
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

/** A whole link or its secret; whether it opens anything is looked at later. */
export const linkSchema = v.pipe(v.string('must be text'), v.maxLength(2_000, 'is too long for a link'));

/** A person's colour: the name of one of the palette, or any `#rrggbb`. */
export const personColorSchema = v.pipe(
  v.string('must be text'),
  v.transform((given) => personColors.find((one) => one.id === given)?.color ?? given.toLowerCase()),
  v.check((color) => v.is(colorSchema, color), 'must be #rrggbb or the name of a colour of the palette'),
);

/** A version's name. */
export const versionNameSchema = lineSchema(maxVersionName);

/** Ids of people on a board, so many that all devices and roles of a group fit. */
export const peopleSchema = v.pipe(
  v.array(v.pipe(v.string('must be text'), v.regex(idPattern, 'must be an id')), 'must be a list of ids'),
  v.minLength(1, 'must name somebody'),
  v.maxLength(maxPeopleNamed, `must name at most ${maxPeopleNamed}`),
);

/** The random secret by which the page is the same person again. */
export const deviceSchema = v.pipe(
  v.string('must be text'),
  v.regex(/^[A-Za-z0-9_-]{16,64}$/, 'must be 16 to 64 letters, digits, - or _'),
);
