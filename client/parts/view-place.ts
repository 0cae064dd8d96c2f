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
  /** Starts to show what another person looks at. `color`: of that person. */
  follow(color: string): Guided;
  /** Goes once to where another person is, with the focus. */
  visit(presence: Presence): void;
}

/** A view while it shows what another person looks at. It leaves the focus where it is. */
export interface Guided {
  /**
   * Shows what the person looks at. Called for each change of their presence; scrolls only if their place has changed.
   * @param look null until their page sends it
   */
  show(presence: Presence, look: Look | null): void;
  /** Shows the place that the person points at, unless it is in sight. `place` is as in `shared/wire/pointer.ts`. */
  glance(place: string): void;
  /** Ends it. The person stays where they are. */
  end(): void;
}
