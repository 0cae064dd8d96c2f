import type { AnyCollection } from './collection.ts';

/** Modules that define collections and commands, by any name. */
type Files = Readonly<Record<string, object>>;

/** Everything that the modules export. */
type Exported<F extends Files> = { [K in keyof F]: F[K][keyof F[K]] }[keyof F];

interface Named {
  readonly kind: 'records' | 'values';
  readonly name: string;
}

/** The collections that the modules define, by name. */
export type CollectionsIn<F extends Files> = {
  readonly [C in Extract<Exported<F>, Named> as C['name']]: C;
};

/** The names of the commands that the modules define. */
export type CommandsIn<F extends Files> = Extract<Exported<F>, { readonly command: string }>['command'];

/** The collections that the modules define, in their order. */
export function collectionsIn<F extends Files>(files: F): CollectionsIn<F> {
  const all = Object.values(files).flatMap((file) =>
    Object.values<unknown>({ ...file }).filter(isCollection),
  );
  const byName = new Map(all.map((of) => [of.name, of]));
  if (byName.size < new Set(all).size) throw new Error('two collections have one name');
  return Object.fromEntries(byName) as unknown as CollectionsIn<F>;
}

function isCollection(exported: unknown): exported is AnyCollection {
  return (
    typeof exported === 'object' &&
    exported !== null &&
    'kind' in exported &&
    (exported.kind === 'records' || exported.kind === 'values')
  );
}
