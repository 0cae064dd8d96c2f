import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { problems } from '../../../server/http/problem.ts';
import { closeCode } from '../../../shared/wire/protocol.ts';
import { may, powers, roles } from '../../../shared/roles.ts';

const page = await readFile(new URL('../../../docs/API.md', import.meta.url), 'utf8');

test('docs/API.md lists exactly the errors, with their status', () => {
  const rows = [...page.matchAll(/^\| (\d{3}) +\| `([a-z-]+)` +\|/gm)].map(
    ([, status, code]) => `${status} ${code}`,
  );
  expect(rows.sort()).toEqual(
    Object.entries(problems)
      .map(([code, [status]]) => `${status} ${code}`)
      .sort(),
  );
});

test('docs/API.md lists every close code', () => {
  const rows = [...page.matchAll(/^\| (\d{4}) +\|/gm)].map(([, code]) => Number(code));
  for (const code of Object.values(closeCode)) expect(rows).toContain(code);
});

test('docs/API.md lists every power, with the roles that have it', () => {
  const [, section = ''] = /\*\*Powers\.\*\*(.*?)\n\*\*/s.exec(page) ?? [];
  const rows = [...section.matchAll(/^\| `([a-z]+)` +\|[^|]*\| ([a-z ]+?) +\|$/gm)].map(([, power, who]) => [
    power,
    who,
  ]);
  const holders = (power: (typeof powers)[number]) =>
    roles
      .filter((role) => may(role, power))
      .map((role) => `${role}s`)
      .join(' and ');
  expect(rows).toEqual(powers.map((power) => [power, holders(power)]));
});
