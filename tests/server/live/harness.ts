import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { pino } from 'pino';
import { vi } from 'vitest';
import type { Membership } from '../../../server/access/membership.ts';
import type { AllowanceTable } from '../../../server/live/room/allowances.ts';
import type { BoardRules } from '../../../server/live/contract.ts';
import type { Clock } from '../../../server/live/clock.ts';
import { Lines } from '../../../server/live/socket/line.ts';
import type { Rooms } from '../../../server/live/room/rooms.ts';
import { openRooms } from '../../../server/live/room/rooms.ts';
import type { Store } from '../../../server/store/contract.ts';
import type { Role } from '../../../shared/roles.ts';
import { putBackQuery } from '../../../shared/wire/protocol.ts';
import type { ServedDocument } from '../../../server/documents/work.ts';
import { MemoryStore } from './memory-store.ts';
import { RawClient } from './raw-client.ts';
import { StockClient } from './stock-client.ts';

/** The live server on a real port. Everybody gets the membership that the test has set. */
export interface House<S extends Store = MemoryStore> {
  readonly rooms: Rooms;
  readonly store: S;
  readonly log: readonly string[];
  readonly port: number;
  /** The server's writes to a person's socket. */
  written(person: string): readonly unknown[];
  /** Adds a person with a separate device. The same name is the same person; a second call may change the role. */
  membership(person: string, role?: Role, more?: Partial<Membership>): Membership;
  /** A stock `y-websocket` client of a person with a membership. */
  stock(person: string, schema?: number): StockClient;
  /** A hand-made socket of a person with a membership. */
  raw(
    person: string,
    options?: {
      control?: boolean;
      document?: string;
      schema?: number | undefined;
      putBack?: boolean;
    },
  ): Promise<RawClient>;
  close(): Promise<void>;
}

export const board = 'lovtag';

export interface HouseOptions {
  readonly clock?: Clock;
  readonly heapBudgetBytes?: number;
  readonly maxDocumentBytes?: number;
  readonly allowances?: AllowanceTable;
  /** Any free port by default. */
  readonly port?: number;
  /** The documents of a board. */
  readonly documents?: readonly ServedDocument[];
  readonly refused?: (board: string, person: string, rule: string) => void;
  readonly rulesOf?: (board: string) => Promise<BoardRules | null>;
}

export async function openHouse(options?: HouseOptions): Promise<House> {
  const store = new MemoryStore();
  store.addBoard(board);
  return openHouseOn(store, options);
}

export async function openHouseOn<S extends Store>(
  store: S,
  { port: wanted = 0, ...options }: HouseOptions = {},
): Promise<House<S>> {
  const logged: string[] = [];
  const log = pino({ level: 'debug', base: null }, { write: (line: string) => void logged.push(line) });
  const rooms = openRooms({ store, log, ...options });
  const memberships = new Map<string, Membership>();
  const clients = new Set<{ close(): void }>();
  const writes = new Map<string, { mock: { calls: unknown[][] } }>();

  const server = createServer();
  const lines = new Lines();
  const open = new Set<Duplex>();
  server.on('upgrade', (request, socket, head) => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const document = url.pathname.split('/').slice(3).join('/');
    const membership = memberships.get(url.searchParams.get('seat') ?? '');
    if (!membership) return void socket.destroy();
    open.add(socket);
    lines.open(request, socket, head, (line) => {
      writes.set(membership.person, vi.spyOn(socket, 'write'));
      rooms.join(membership, document, line);
    });
  });
  server.listen(wanted, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  return {
    rooms,
    store,
    log: logged,
    port,
    written: (person) => writes.get(person)?.mock.calls.map(([chunk]) => chunk) ?? [],
    membership(person, role = 'participant', more = {}) {
      const membership: Membership = {
        board,
        person,
        device: `device of ${person}`,
        name: person,
        color: '#5b3df5',
        role,
        link: `link-${role}`,
        generation: 1,
        expires: Number.MAX_SAFE_INTEGER,
        ...more,
      };
      memberships.set(person, membership);
      return membership;
    },
    stock(person, schema) {
      const client = new StockClient(`ws://127.0.0.1:${port}/sync/${board}`, person, undefined, schema);
      clients.add(client);
      return client;
    },
    async raw(person, { control = false, document = 'board', schema, putBack = false } = {}) {
      const said = `${schema === undefined ? '' : `&schema=${schema}`}${putBack ? `&${putBackQuery}` : ''}`;
      const client = await RawClient.open(
        `ws://127.0.0.1:${port}/sync/${board}/${document}?seat=${person}${said}`,
        control,
      );
      clients.add(client);
      return client;
    },
    async close() {
      for (const client of clients) client.close();
      if (store instanceof MemoryStore) store.release();
      await rooms.close();
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
      await store.close();
    },
  };
}
