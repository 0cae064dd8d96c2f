import type { ViewId } from '$shared/views.ts';
import type { Look } from '$shared/wire/look.ts';
import type { Presence } from '$shared/wire/presence.ts';

/**
 * How the open view takes part in following and in _Go there_. A view sets it as `workspace.place` while it is drawn,
 * from a part that loads after the first paint.
 */
export interface ViewPlace {
  readonly view: ViewId;
  /** What this person looks at. Reactive. Read only while somebody follows them. */
  look(): Look;
  /**
   * Shows what another person looks at, without moving the focus. Called again for each change of their presence; the
   * view scrolls only to a place that has changed.
   * @param look what they look at; null until their page sends it
   */
  follow(presence: Presence, look: Look | null): void;
  /** Shows the place that another person points at, unless it is in sight. `place` is as in `shared/wire/pointer.ts`. */
  glance(place: string): void;
  /** Goes once to where another person is, with the focus. */
  visit(presence: Presence): void;
}
