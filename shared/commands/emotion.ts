import { rootOf } from '../schema/read.ts';
import type { Emotion, EmotionWord } from '../collections/emotion.ts';
import { emotionKey, emotions, experience, pointKey } from '../collections/emotion.ts';
import type { Editor } from '../schema/editor.ts';

/** Marks a feeling as present or as expected and absent; null takes the mark away. */
export function markEmotion(
  editor: Editor,
  at: { persona: string; phase: string; emotion: EmotionWord },
  presence: Emotion['presence'] | null,
  seen: Emotion['seen'] = 'assumption',
): void {
  const marks = rootOf(editor.doc, emotions);
  const key = emotionKey(at);
  const now = marks.get(key) as Emotion | undefined;
  if (presence === null ? now === undefined : now?.presence === presence && now.seen === seen) return;
  editor.change('mark-emotion', () => {
    if (presence === null) marks.delete(key);
    else marks.set(key, { ...at, presence, seen });
  });
}

/** Places a point of the curve by hand (-2 to 2, half steps); null gives it back to the emotions. */
export function placePoint(
  editor: Editor,
  at: { persona: string; phase: string },
  value: number | null,
): void {
  const points = rootOf(editor.doc, experience);
  const key = pointKey(at);
  const now = points.get(key) as { value: number } | undefined;
  if (now?.value === (value ?? undefined)) return;
  editor.change('place-point', () => {
    if (value === null) points.delete(key);
    else points.set(key, { ...at, value });
  });
}
