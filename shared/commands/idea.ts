import type { IdeaState } from '../collections/idea.ts';
import { ideas } from '../collections/idea.ts';
import type { Editor } from '../schema/editor.ts';
import { addRecord, setField, setGone, setMember } from '../schema/editor.ts';

/** Adds an idea to the backlog; the server numbers it. Returns its id. */
export function addIdea(
  editor: Editor,
  given: {
    title: string;
    cards?: readonly string[];
    place?: { phase: string | null; step: string | null };
    personas?: readonly string[];
  },
): string {
  return addRecord(editor, ideas, 'add-idea', { ...given, author: editor.person, state: 'new' });
}

export function setIdeaState(editor: Editor, id: string, state: IdeaState): void {
  editor.change('set-idea-state', () => setField(editor, ideas, id, 'state', state));
}

export function setIdeaOwner(editor: Editor, id: string, owner: string | null): void {
  editor.change('set-idea-owner', () => setField(editor, ideas, id, 'owner', owner));
}

export function setIdeaPlace(
  editor: Editor,
  id: string,
  place: { phase: string | null; step: string | null },
): void {
  editor.change('set-idea-place', () => setField(editor, ideas, id, 'place', place));
}

export function setIdeaPersona(editor: Editor, id: string, persona: string, on: boolean): void {
  editor.change('set-idea-persona', () => setMember(editor, ideas, id, 'personas', persona, on));
}

/** Links an idea to a challenge or an opportunity that it answers, or unlinks it. */
export function linkIdea(editor: Editor, id: string, card: string, on: boolean): void {
  editor.change(on ? 'link-idea' : 'unlink-idea', () => setMember(editor, ideas, id, 'cards', card, on));
}

export function removeIdea(editor: Editor, id: string): void {
  editor.change('remove-idea', () => setGone(editor, ideas, id, true));
}
