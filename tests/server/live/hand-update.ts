import * as encoding from 'lib0/encoding';

/** A number, or bytes of a number that no encoder writes. */
export type HandNumber = number | readonly number[];

export interface Id {
  readonly client: HandNumber;
  readonly clock: HandNumber;
}

/** A struct of an update, written without any of Yjs's checks. */
export interface HandStruct {
  readonly origin?: Id;
  readonly rightOrigin?: Id;
  /** A root's name or an item's id; only without an origin. */
  readonly parent?: string | Id;
  readonly key?: string;
  readonly content:
    | { readonly string: string }
    | { readonly any: readonly unknown[] }
    | { readonly type: 'array' | 'map' | 'text' }
    | { readonly deleted: number }
    | { readonly gc: number };
}

export interface HandSection extends Id {
  readonly structs: readonly HandStruct[];
}

export interface HandRange extends Id {
  readonly length: HandNumber;
}

/** An update in the first format of Yjs, as a forger would write it. */
export function handUpdate(sections: readonly HandSection[], deletes: readonly HandRange[] = []): Uint8Array {
  return encoding.encode((encoder) => {
    encoding.writeVarUint(encoder, sections.length);
    for (const { client, clock, structs } of sections) {
      encoding.writeVarUint(encoder, structs.length);
      writeId(encoder, { client, clock });
      for (const struct of structs) writeStruct(encoder, struct);
    }
    encoding.writeVarUint(encoder, deletes.length);
    for (const { client, clock, length } of deletes) {
      for (const number of [client, 1, clock, length]) writeNumber(encoder, number);
    }
  });
}

function writeStruct(
  encoder: encoding.Encoder,
  { origin, rightOrigin, parent, key, content }: HandStruct,
): void {
  const kind =
    'gc' in content ? 0 : 'deleted' in content ? 1 : 'string' in content ? 4 : 'type' in content ? 7 : 8;
  const flags = (origin ? 128 : 0) | (rightOrigin ? 64 : 0) | (key === undefined ? 0 : 32);
  encoding.writeUint8(encoder, kind | flags);
  for (const id of [origin, rightOrigin]) if (id) writeId(encoder, id);
  if (kind !== 0 && !origin && !rightOrigin) {
    encoding.writeVarUint(encoder, typeof parent === 'string' ? 1 : 0);
    if (typeof parent === 'string') encoding.writeVarString(encoder, parent);
    else writeId(encoder, parent ?? { client: 0, clock: 0 });
    if (key !== undefined) encoding.writeVarString(encoder, key);
  }
  if ('gc' in content) encoding.writeVarUint(encoder, content.gc);
  else if ('deleted' in content) encoding.writeVarUint(encoder, content.deleted);
  else if ('string' in content) encoding.writeVarString(encoder, content.string);
  else if ('type' in content) encoding.writeVarUint(encoder, ['array', 'map', 'text'].indexOf(content.type));
  else {
    encoding.writeVarUint(encoder, content.any.length);
    for (const value of content.any) encoding.writeAny(encoder, value as never);
  }
}

function writeId(encoder: encoding.Encoder, { client, clock }: Id): void {
  writeNumber(encoder, client);
  writeNumber(encoder, clock);
}

/** Bytes that `lib0` reads as a number of 2^56 and more, which it then writes differently. */
export const pastAllNumbers: readonly number[] = [255, 255, 255, 255, 255, 255, 255, 0x8f, 1];

/** Zeros up to where the factor of the next digit is infinite: `lib0` reads them as NaN. */
export const notANumber: readonly number[] = [...Array<number>(200).fill(128), 0];

function writeNumber(encoder: encoding.Encoder, number: HandNumber): void {
  if (typeof number === 'number') encoding.writeVarUint(encoder, number);
  else encoding.writeUint8Array(encoder, Uint8Array.from(number));
}
