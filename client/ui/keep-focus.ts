/** How a list or a grid keeps the focus among its records. */
export interface FocusRules {
  /** A selector for the elements of records, as cards, rows and cells. */
  readonly records: string;
  /** The element that shows the same record now, after it was moved. `null` if there is none. */
  again(record: HTMLElement): HTMLElement | null;
  /** What takes the focus for a record: the element itself, or a button in it. */
  target(record: HTMLElement): HTMLElement | null;
  /** Where the focus goes if the record is gone and has no neighbour. */
  otherwise(record: HTMLElement): HTMLElement | null;
  /** Called after each change of elements in the list or grid, before the focus is looked at. */
  changed?(): void;
}

/**
 * Keeps the focus in `root` when anybody removes the focused element. The focus moves to the same record at its new
 * place, if that is in sight; else to its neighbour; else to `otherwise`. Returns a function that ends this.
 */
export function keepFocus(root: HTMLElement, rules: FocusRules): () => void {
  let focused: HTMLElement | null = null;
  /** The record of the focused element, which may be taken out of it. */
  let record: HTMLElement | null = null;

  const focusIn = ({ target }: FocusEvent) => {
    focused = target instanceof HTMLElement ? target : null;
    record = focused?.closest<HTMLElement>(rules.records) ?? null;
  };
  const focusOut = ({ relatedTarget }: FocusEvent) => {
    if (relatedTarget instanceof Node) {
      if (!root.contains(relatedTarget)) focused = null;
      return;
    }
    // Nothing has the focus: the element was removed, and the observer runs first, or the user clicked elsewhere.
    setTimeout(() => {
      if (!root.contains(document.activeElement)) focused = null;
    });
  };

  const watch = new MutationObserver((changes) => {
    rules.changed?.();
    if (!focused || document.activeElement !== document.body) return;
    if (root.contains(focused)) {
      // An element that is moved in the page, as when a list is sorted, loses the focus as well.
      const isMoved = changes.some(({ addedNodes }) =>
        [...addedNodes].some((node) => node.contains(focused)),
      );
      if (isMoved) focused.focus({ preventScroll: true });
      return;
    }
    if (!record) return;
    const next = root.contains(record) ? record : successor(record, changes);
    (next && rules.target(next))?.focus({ preventScroll: true });
  });

  const successor = (lost: HTMLElement, changes: readonly MutationRecord[]): HTMLElement | null => {
    const again = rules.again(lost);
    if (again && isInSight(again, root)) return again;
    return (
      neighbour(lost, changes, 'nextSibling') ??
      neighbour(lost, changes, 'previousSibling') ??
      rules.otherwise(lost)
    );
  };

  /**
   * The next record on a side of one that was removed. Its siblings may have been removed by other changes; the last
   * removal of a node counts, so that the search ends.
   */
  const neighbour = (
    lost: HTMLElement,
    changes: readonly MutationRecord[],
    side: 'nextSibling' | 'previousSibling',
  ): HTMLElement | null => {
    const besides = (gone: Node) =>
      changes.findLast(({ removedNodes }) => [...removedNodes].some((node) => node.contains(gone)))?.[side] ??
      null;
    let node = besides(lost);
    while (node) {
      const isThere = root.contains(node);
      if (isThere && node instanceof HTMLElement && node.matches(rules.records)) return node;
      node = isThere ? node[side] : besides(node);
    }
    return null;
  };

  root.addEventListener('focusin', focusIn);
  root.addEventListener('focusout', focusOut);
  watch.observe(root, { childList: true, subtree: true });
  return () => {
    watch.disconnect();
    root.removeEventListener('focusin', focusIn);
    root.removeEventListener('focusout', focusOut);
  };
}

/** Gives the focus back to `element` after something over the page has closed; if it is gone, to the tab stop. */
export function returnFocus(element: Element | null): void {
  const isThere = element instanceof HTMLElement && element.isConnected && element !== document.body;
  const to = isThere ? element : document.querySelector<HTMLElement>('main [tabindex="0"]');
  to?.focus({ preventScroll: true });
}

function isInSight(element: HTMLElement, root: HTMLElement): boolean {
  const [box, view] = [element.getBoundingClientRect(), root.getBoundingClientRect()];
  return box.bottom > view.top && box.top < view.bottom && box.right > view.left && box.left < view.right;
}
