import type { AgendaItem } from '$shared/session/agenda.ts';
import { newId } from '$shared/id.ts';

/** A new item, after these: in the step of the last one. */
export function newItem(items: readonly AgendaItem[]): AgendaItem {
  return {
    id: newId(),
    step: items.at(-1)?.step ?? 1,
    title: {},
    instruction: {},
    minutes: 10,
    preset: 'open-work',
    change: {},
    view: null,
    atEnd: 'nothing',
  };
}

/** The items with this one in its place, or at the end if it is new. */
export function withItem(items: readonly AgendaItem[], item: AgendaItem): readonly AgendaItem[] {
  return items.some(({ id }) => id === item.id)
    ? items.map((one) => (one.id === item.id ? item : one))
    : [...items, item];
}

/** The items with this one moved to an index. */
export function movedTo(items: readonly AgendaItem[], id: string, to: number): readonly AgendaItem[] {
  const moving = items.find((one) => one.id === id);
  if (!moving) return items;
  const others = items.filter((one) => one.id !== id);
  const at = Math.max(0, Math.min(others.length, to));
  return [...others.slice(0, at), moving, ...others.slice(at)];
}

/** Without texts that are empty, so that another language is shown in their place. */
export function cleaned(item: AgendaItem): AgendaItem {
  const filled = (texts: Readonly<Record<string, string>>): Record<string, string> =>
    Object.fromEntries(
      Object.entries(texts).flatMap(([language, text]) =>
        text.trim() === '' ? [] : [[language, text.trim()] as const],
      ),
    );
  return { ...item, title: filled(item.title), instruction: filled(item.instruction) };
}
