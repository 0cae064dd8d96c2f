import { readdirSync, readFileSync } from 'node:fs';

export type Message = string | Record<string, string>;
export type Catalog = Record<string, Message>;

/** The scripts and components of the page. */
export const sources = readdirSync('client', { recursive: true, encoding: 'utf8' })
  .filter((file) => /\.(ts|svelte)$/.test(file))
  .map((file) => ({ file: `client/${file}`, text: readFileSync(`client/${file}`, 'utf8') }));

/** The messages of one language, by area. */
export function areasIn(language: string): ReadonlyMap<string, Catalog> {
  const folder = `client/text/${language}`;
  return new Map(
    readdirSync(folder).map((file) => [
      file.replace('.json', ''),
      JSON.parse(readFileSync(`${folder}/${file}`, 'utf8')) as Catalog,
    ]),
  );
}

/** All messages of one language, by key. */
export function catalogOf(language: string): Catalog {
  return Object.assign({}, ...areasIn(language).values()) as Catalog;
}

/** The area of each key. Throws if a key is in two areas. */
export function areaOf(language: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [area, catalog] of areasIn(language))
    for (const key of Object.keys(catalog)) {
      if (found[key] !== undefined) throw new Error(`${key} is in ${found[key]} and in ${area}.`);
      found[key] = area;
    }
  return found;
}

/** The texts of a message: one, or one per plural form. */
export function texts(message: Message): string[] {
  return typeof message === 'string' ? [message] : Object.values(message);
}

const keys = Object.keys(areaOf('en'));

/** The keys that a source may use: in quotes, or built by a template literal. */
export function keysIn(source: string): string[] {
  const templates = templatesIn(source);
  return keys.filter((key) => source.includes(`'${key}'`) || templates.some((one) => one.test(key)));
}

/** Template literals that begin like a key (`role.${role}`), each as a pattern of the keys that it can make. */
function templatesIn(source: string): RegExp[] {
  return [...source.matchAll(/`([a-z][\w-]*\.(?:[\w.-]|\$\{[^}]*\})*)`/g)].map((match) => {
    const fixed = (match[1] ?? '').split(/\$\{[^}]*\}/).map((part) => part.replaceAll('.', '\\.'));
    return new RegExp(`^${fixed.join('[\\w-]+')}$`);
  });
}
