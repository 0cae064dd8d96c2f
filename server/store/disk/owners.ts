import * as decoding from 'lib0/decoding';
import * as encoding from 'lib0/encoding';

/** The owner of each Yjs client id: person ids by client id. */
export type Owners = ReadonlyMap<number, string>;

/** Grouped by person, who has one client id per opened page: a few bytes each. */
export function writeOwners(encoder: encoding.Encoder, owners: Owners): void {
  const clients = new Map<string, number[]>();
  for (const [client, person] of owners) {
    const own = clients.get(person);
    if (own) own.push(client);
    else clients.set(person, [client]);
  }
  encoding.writeVarUint(encoder, clients.size);
  for (const [person, own] of clients) {
    encoding.writeVarString(encoder, person);
    encoding.writeVarUint(encoder, own.length);
    for (const client of own) encoding.writeVarUint(encoder, client);
  }
}

/** @throws if the bytes end too early */
export function readOwners(decoder: decoding.Decoder): Map<number, string> {
  const owners = new Map<number, string>();
  for (let people = decoding.readVarUint(decoder); people > 0; people--) {
    const person = decoding.readVarString(decoder);
    for (let own = decoding.readVarUint(decoder); own > 0; own--) {
      owners.set(decoding.readVarUint(decoder), person);
    }
  }
  return owners;
}
