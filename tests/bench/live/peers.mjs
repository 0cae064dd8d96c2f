// The other servers: installed in their own folder on first use, and never with the product.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { peersFolder } from './systems.mjs';

const needs = {
  'y-websocket': ['@y/websocket-server'],
  'y-websocket+leveldb': ['@y/websocket-server', 'y-leveldb', 'leveldown'],
  hocuspocus: ['@hocuspocus/server'],
  'hocuspocus+sqlite': ['@hocuspocus/server', '@hocuspocus/extension-sqlite', 'better-sqlite3'],
};

const lacks = (name) =>
  (needs[name] ?? []).find((module) => !existsSync(join(peersFolder, 'node_modules', module)));

/** Installs what the chosen systems need. @returns systems that cannot be measured, each with a sentence why */
export function installPeers(names) {
  if (names.some(lacks)) {
    console.log(
      'Installing the other servers into tests/bench/peers; where SQLite has to be compiled, minutes.',
    );
    spawnSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: peersFolder, stdio: 'inherit' });
  }
  const missing = names.filter(lacks);
  for (const name of missing)
    console.log(`Left out: ${name}, since ${lacks(name)} could not be installed in tests/bench/peers.`);
  return missing;
}
