import * as v from 'valibot';
import type { Answer } from './request.ts';
import { ask, boardPath, roleSchema, startSchema } from './request.ts';

export type Template = 'project' | 'journey' | 'ideas' | 'demo';

const createdSchema = v.object({
  board: v.string(),
  links: v.object({ facilitator: v.string(), participant: v.string(), observer: v.string() }),
});
export type Created = v.InferOutput<typeof createdSchema>;

const boardSchema = v.object({
  board: v.string(),
  title: v.string(),
  template: v.string(),
  language: v.string(),
  start: startSchema,
  createdAt: v.number(),
  role: roleSchema,
  person: v.string(),
});
export type BoardFacts = v.InferOutput<typeof boardSchema>;

/** @param key the key that the server requires for creating boards; null if it requires none */
export function createBoard(
  board: { readonly title: string; readonly template: Template; readonly language: string },
  key: string | null,
): Promise<Answer<Created>> {
  return ask(
    'POST',
    '/api/boards',
    createdSchema,
    board,
    key === null ? {} : { Authorization: `Bearer ${key}` },
  );
}

export function readBoard(board: string, person: string): Promise<Answer<BoardFacts>> {
  return ask('GET', boardPath(board, person), boardSchema);
}

export function renameBoard(board: string, person: string, title: string): Promise<Answer<unknown>> {
  return ask('PATCH', boardPath(board, person), v.unknown(), { title });
}
