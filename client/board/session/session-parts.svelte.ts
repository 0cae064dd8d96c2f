import { SessionModel } from '../../model/session/session.svelte.ts';
import type { Workspace } from '../../parts/workspace.svelte.ts';
import { rightsOf } from './rights.ts';

/** The session on an open board: its model, and what of it is on the screen. The owner must call `close`. */
export class SessionParts {
  readonly workspace: Workspace;
  readonly model: SessionModel;

  constructor(workspace: Workspace) {
    this.workspace = workspace;
    this.model = new SessionModel(workspace.board, workspace.self);
    workspace.board.rights = rightsOf(this.model);
  }

  close(): void {
    this.workspace.board.rights = null;
    this.model.close();
  }
}
