import type { Component, MountOptions } from 'svelte';
import { createRawSnippet, flushSync, mount, unmount } from 'svelte';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import Menu from '../../../client/ui/Menu.svelte';
import Swatches from '../../../client/ui/Swatches.svelte';
import Toasts from '../../../client/ui/Toasts.svelte';
import Button from '../../../client/ui/Button.svelte';
import type { MenuItem } from '../../../client/ui/menu.ts';
import { toast } from '../../../client/ui/toasts.svelte.ts';

let opened: Record<string, unknown>[] = [];

function show<Props extends Record<string, unknown>>(component: Component<Props>, props: Props) {
  const options: MountOptions<Props> = { target: document.body, props };
  opened.push(mount(component, options));
  flushSync();
}

beforeEach(() => {
  // happy-dom has no top layer; the e2e tests check where menus appear.
  HTMLElement.prototype.showPopover = vi.fn();
  vi.useFakeTimers();
});

afterEach(async () => {
  for (const one of opened) await unmount(one);
  opened = [];
  vi.useRealTimers();
  document.body.replaceChildren();
});

const press = (key: string) =>
  document.activeElement?.dispatchEvent(
    new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true }),
  );
const focused = () => document.activeElement?.textContent.trim();

function showMenu(onclose = vi.fn(), onselect = vi.fn()) {
  const opener = document.createElement('button');
  document.body.append(opener);
  opener.focus();
  const items: MenuItem[] = [
    { kind: 'item', label: 'Edit', onselect },
    { kind: 'item', label: 'Move to…', onselect, disabled: true },
    { kind: 'separator' },
    { kind: 'item', label: 'Remove', onselect, checked: true },
  ];
  show(Menu, { label: 'Card', items, anchor: opener, onclose });
  return { opener, onclose, onselect };
}

test('a menu takes the focus, skips disabled items, and returns the focus when it closes', async () => {
  const { opener } = showMenu();
  expect(focused()).toBe('Edit');
  press('ArrowDown');
  expect(focused()).toBe('Remove');
  press('ArrowDown');
  expect(focused()).toBe('Edit');
  press('r');
  expect(focused()).toBe('Remove');
  await unmount(opened.pop() ?? {});
  expect(document.activeElement).toBe(opener);
});

test('choosing an item closes the menu and then runs it; a disabled item does nothing', () => {
  const order: string[] = [];
  showMenu(
    vi.fn(() => order.push('closed')),
    vi.fn(() => order.push('done')),
  );
  const [edit, move, remove] = document.querySelectorAll<HTMLElement>('[role^=menuitem]');
  move?.click();
  expect(order).toEqual([]);
  edit?.click();
  expect(order).toEqual(['closed', 'done']);
  expect(remove?.getAttribute('role')).toBe('menuitemcheckbox');
  expect(remove?.getAttribute('aria-checked')).toBe('true');
});

test('Escape, Tab and a click outside close a menu; its own button handles clicks itself', () => {
  const { onclose, opener } = showMenu();
  opener.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  expect(onclose).toHaveBeenCalledTimes(0);
  press('Escape');
  expect(onclose).toHaveBeenCalledTimes(1);
  press('Tab');
  expect(onclose).toHaveBeenCalledTimes(2);
  document.body.dispatchEvent(new PointerEvent('pointerdown', { bubbles: true }));
  expect(onclose).toHaveBeenCalledTimes(3);
});

test('a toast disappears after a while, unless hovered or focused; its button works once', () => {
  show(Toasts, { closeLabel: 'Close' });
  const undo = vi.fn();
  toast('Card removed', { action: { label: 'Undo', run: undo } });
  flushSync();
  const box = document.querySelector('.toast');
  expect(document.querySelector('[role=status]')?.textContent).toContain('Card removed');
  box?.dispatchEvent(new PointerEvent('pointerenter'));
  vi.advanceTimersByTime(60_000);
  flushSync();
  expect(document.querySelector('.toast')).not.toBeNull();
  document.querySelector<HTMLElement>('.toast > button')?.click();
  flushSync();
  expect(undo).toHaveBeenCalledTimes(1);
  toast('Saved');
  vi.advanceTimersByTime(60_000);
  flushSync();
  expect(document.querySelector('.toast')).toBeNull();
});

test('a busy button ignores clicks', () => {
  const onclick = vi.fn();
  const children = createRawSnippet(() => ({ render: () => '<span>Start</span>' }));
  show(Button, { busy: true, onclick, children });
  document.querySelector('button')?.click();
  expect(onclick).not.toHaveBeenCalled();
});

test('colours are radio buttons with names', () => {
  const onchange = vi.fn();
  const options = [
    { color: '#111111', shape: 'circle', label: 'Black, circle' },
    { color: '#222222', shape: 'star', label: 'Grey, star, taken', taken: true },
  ] as const;
  show(Swatches, { label: 'Colour', value: '#111111', options, onchange });
  const [black, grey] = document.querySelectorAll<HTMLInputElement>('input[type=radio]');
  expect(black?.checked).toBe(true);
  expect(grey?.getAttribute('aria-label')).toBe('Grey, star, taken');
  grey?.click();
  expect(onchange).toHaveBeenCalledWith('#222222');
});
