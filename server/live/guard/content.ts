import * as Y from 'yjs';

export type TypeName = 'map' | 'text' | 'array' | 'xml';

/** The content of an item, as far as rules need it. `length` is its length in clocks. */
export type Content =
  | { readonly kind: 'string'; readonly text: string; readonly length: number }
  | { readonly kind: 'values'; readonly values: readonly unknown[]; readonly length: number }
  | { readonly kind: 'type'; readonly type: TypeName; readonly length: 1 }
  /** Deleted before it was sent. */
  | { readonly kind: 'deleted'; readonly length: number }
  /** A format, an embed, bytes, a subdocument, or JSON in the encoding of early Yjs versions. */
  | { readonly kind: 'other'; readonly length: number };

export const typeContents = {
  map: { kind: 'type', type: 'map', length: 1 },
  text: { kind: 'type', type: 'text', length: 1 },
  array: { kind: 'type', type: 'array', length: 1 },
  xml: { kind: 'type', type: 'xml', length: 1 },
} as const satisfies Record<TypeName, Content>;

export const deleted = (length: number): Content => ({ kind: 'deleted', length });
export const other = (length: number): Content => ({ kind: 'other', length });

/** The content of a stored item. */
export function contentOf({ content, length }: Y.Item): Content {
  if (content instanceof Y.ContentString) return { kind: 'string', text: content.str, length };
  if (content instanceof Y.ContentAny) return { kind: 'values', values: content.arr, length };
  if (content instanceof Y.ContentType) return typeContents[typeName(content.type)];
  return content instanceof Y.ContentDeleted ? deleted(length) : other(length);
}

/** Compares constructors, because Y.XmlText extends Y.Text. */
function typeName({ constructor }: Y.ContentType['type']): TypeName {
  return constructor === Y.Map
    ? 'map'
    : constructor === Y.Text
      ? 'text'
      : constructor === Y.Array
        ? 'array'
        : 'xml';
}
