import { flushSync, mount, unmount } from 'svelte';
import { afterEach, expect, test, vi } from 'vitest';
import { visits } from '../../../client/model/device/visits.ts';
import { anaJoined } from '../ana-joined.ts';
import JoinForm from '../../../client/pages/join/JoinForm.svelte';

let form: Record<string, unknown> | null = null;
afterEach(async () => {
  if (form) await unmount(form);
  document.body.replaceChildren();
  localStorage.clear();
  vi.unstubAllGlobals();
});

test('joining in a browser that blocks cookies says what is needed, and trying again joins', async () => {
  let keepsCookies = false;
  vi.stubGlobal('fetch', (path: string) => {
    const refused = path.startsWith('/api/boards/') && !keepsCookies;
    const facts = { ...anaJoined, template: 'journey', language: 'en', createdAt: 0 };
    const body = refused ? { error: { code: 'ticket', message: '' } } : facts;
    return Promise.resolve(new Response(JSON.stringify(body), { status: refused ? 401 : 200 }));
  });
  const invitation = {
    board: 'b',
    title: 'Library',
    role: 'participant' as const,
    language: 'en',
    colorsTaken: [],
  };
  const props = { invitation, secret: 's', known: null, someoneElse: false };
  form = mount(JoinForm, { target: document.body, props });
  flushSync();
  const name = document.querySelector('input');
  if (name) name.value = 'Ana';
  name?.dispatchEvent(new Event('input', { bubbles: true }));
  const send = () =>
    document.querySelector('form')?.dispatchEvent(new Event('submit', { bubbles: true, cancelable: true }));

  send();
  await vi.waitFor(() =>
    expect(document.querySelector('[role="alert"]')?.textContent).toContain('Your browser blocks cookies'),
  );
  expect(document.querySelector('[type="submit"]')?.textContent.trim()).toBe('Try again');
  expect(name?.value).toBe('Ana');
  expect(visits()).toEqual([]);

  keepsCookies = true;
  send();
  await vi.waitFor(() => expect(visits()).toMatchObject([{ board: 'b', person: 'ana' }]));
});
