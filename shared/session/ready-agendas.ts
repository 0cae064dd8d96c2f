import type { AgendaItem } from './agenda.ts';
import { agendaSchema } from './agenda.ts';
import * as v from 'valibot';

/**
 * Ready agendas: an idea session of 60 minutes and a journey workshop of four hours, in all languages of the interface.
 * Each is a file of its own that loads when somebody chooses it.
 */
const files = {
  ideas: () => import('./ready/ideas.json'),
  journey: () => import('./ready/journey.json'),
} as const;
export type ReadyAgenda = keyof typeof files;
export const readyAgendaNames = Object.keys(files) as ReadyAgenda[];

/** The minutes that each takes, to say so before it is loaded. */
export const readyMinutes: Readonly<Record<ReadyAgenda, number>> = { ideas: 60, journey: 240 };

/** The items of a ready agenda, each with an id of its own. */
export async function readyAgenda(name: ReadyAgenda): Promise<readonly AgendaItem[]> {
  const { default: agenda } = await files[name]();
  return v.parse(agendaSchema, agenda).items;
}
