import * as v from 'valibot';
import type { Answer } from './request.ts';
import { ask, boardPath } from './request.ts';

const previewSchema = v.object({
  changes: v.array(
    v.object({
      collection: v.string(),
      id: v.string(),
      kind: v.picklist(['added', 'changed', 'removed']),
      text: v.string(),
      author: v.optional(v.string(), ''),
      fields: v.array(v.string()),
    }),
  ),
  total: v.number(),
});
const lossSchema = v.object({
  isProven: v.boolean(),
  copies: v.array(
    v.object({
      person: v.string(),
      name: v.string(),
      at: v.number(),
      isProven: v.boolean(),
      bytes: v.number(),
      preview: v.nullable(previewSchema),
    }),
  ),
});
/** A person's copy of edits that the server lost, and what restoring it would change. */
export type LostCopy = v.InferOutput<typeof lossSchema>['copies'][number];

/** Reads the copies of edits that the board lost and people still have. */
export async function readLoss(board: string, person: string): Promise<Answer<readonly LostCopy[]>> {
  const answer = await ask('GET', boardPath(board, person, '/lost'), lossSchema);
  return answer.ok ? { ok: true, value: answer.value.copies } : answer;
}

const settledSchema = v.object({ settled: v.array(v.string()) });

/** Restores or discards the copies of these people. Returns the people whose copies are settled. */
export async function settleLoss(
  board: string,
  person: string,
  decision: 'restore' | 'discard',
  people: readonly string[],
): Promise<Answer<readonly string[]>> {
  const answer = await ask('POST', boardPath(board, person, `/lost/${decision}`), settledSchema, { people });
  return answer.ok ? { ok: true, value: answer.value.settled } : answer;
}
