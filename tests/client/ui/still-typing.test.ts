import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { areKeysHeld, guardField, holdKeys, isOwnAct } from '../../../client/ui/still-typing.svelte.ts';
import { typesText } from '../../../client/ui/typed-key.ts';

const taken = vi.fn();
const heard = vi.fn<(key: string) => void>();
const hear = (event: Event) => heard((event as KeyboardEvent).key);
let now: Element = document.body;

/** Presses a key where the focus is. Returns whether the page gets it. */
function press(key: string, init: KeyboardEventInit = {}): boolean {
  heard.mockClear();
  now = document.activeElement ?? document.body;
  now.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true, cancelable: true, ...init }));
  return heard.mock.calls.length > 0;
}

/** A field in which the person writes. */
function write(): HTMLTextAreaElement {
  const field = document.createElement('textarea');
  document.body.append(field);
  field.focus();
  guardField(field, taken);
  return field;
}

/** The page after the tasks that are under way. */
const settle = () => new Promise((resolve) => setTimeout(resolve, 1));

async function loses(field: HTMLElement): Promise<boolean> {
  field.remove();
  await settle();
  return areKeysHeld();
}

beforeEach(() => document.addEventListener('keydown', hear));
afterEach(async () => {
  vi.useRealTimers();
  document.dispatchEvent(new Event('pointerdown'));
  document.body.replaceChildren();
  await settle();
  document.removeEventListener('keydown', hear);
  taken.mockClear();
});

describe('a field that somebody else takes from its writer', () => {
  test('tells it, and the rest of the sentence does nothing', async () => {
    const field = write();
    expect(press('a')).toBe(true);
    expect(await loses(field)).toBe(true);
    expect(taken).toHaveBeenCalledOnce();
    for (const key of ['n', ' ', '2', '?', 'لا', 'Enter', 'Backspace', 'Delete', 'Tab', 'Dead', 'Process'])
      expect(press(key), key).toBe(false);
    expect(press('@', { ctrlKey: true, altKey: true, modifierAltGraph: true })).toBe(false);
  });

  test('holds keys until another key, the pointer or a pause', async () => {
    expect(await loses(write())).toBe(true);
    expect(press('Shift')).toBe(true);
    expect(areKeysHeld()).toBe(true);
    expect(press('Escape')).toBe(true);
    expect(press('n')).toBe(true);

    expect(await loses(write())).toBe(true);
    document.dispatchEvent(new Event('pointerdown'));
    expect(press('n')).toBe(true);

    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
    holdKeys();
    vi.advanceTimersByTime(1_900);
    expect(press('n')).toBe(false);
    vi.advanceTimersByTime(900);
    expect(press('n')).toBe(false);
    vi.advanceTimersByTime(1_100);
    expect(press('n')).toBe(true);
  });

  test('counts before the first letter, after a line break, and after keys that leave the field', async () => {
    expect(await loses(write())).toBe(true);
    for (const key of ['Enter', 'ArrowLeft', 'Control', 'F5']) {
      document.dispatchEvent(new Event('pointerdown'));
      const field = write();
      press(key);
      await settle();
      expect(await loses(field), key).toBe(true);
    }
  });

  test('does not count if the record has a field elsewhere', async () => {
    const field = write();
    write();
    expect(await loses(field)).toBe(false);
    expect(taken).not.toHaveBeenCalled();
  });
});

describe('a field that its writer leaves', () => {
  test('by a key, a press or a click holds nothing', async () => {
    for (const act of [
      () => press('Escape'),
      () => press('Enter', { ctrlKey: true }),
      () => document.body.dispatchEvent(new Event('pointerdown', { bubbles: true })),
      () => document.body.dispatchEvent(new Event('click', { bubbles: true })),
    ]) {
      const field = write();
      press('a');
      act();
      expect(isOwnAct()).toBe(true);
      field.remove();
      await settle();
      expect(areKeysHeld()).toBe(false);
      expect(isOwnAct()).toBe(false);
    }
    expect(taken).not.toHaveBeenCalled();
  });

  test('for another element, before it is removed, holds nothing', async () => {
    const field = write();
    const button = document.createElement('button');
    document.body.append(button);
    button.focus();
    await settle();
    expect(await loses(field)).toBe(false);
  });

  test('while it only waits for a first letter, holds nothing', async () => {
    const field = write();
    field.dataset.waiting = '';
    press('Escape');
    await settle();
    expect(await loses(field)).toBe(false);
  });
});

test('text is typed by characters, dead keys and input methods, not by chords and named keys', () => {
  const types = (key: string, init: KeyboardEventInit = {}) =>
    typesText(new KeyboardEvent('keydown', { key, ...init }));
  for (const key of ['a', 'É', ' ', 'ß', '日', 'لا', '👍', 'Dead', 'Process'])
    expect(types(key), key).toBe(true);
  for (const key of ['Enter', 'F2', 'ArrowLeft', 'Tab']) expect(types(key), key).toBe(false);
  expect(types('a', { ctrlKey: true })).toBe(false);
  expect(types('Enter', { isComposing: true })).toBe(true);
});
