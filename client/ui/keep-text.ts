/** What people wrote stands alone in one of these: each has a direction of its own. */
const written = 'bdi, [dir="auto"], option';

/**
 * Keeps what people wrote up to date where a browser tool has changed the page: a translator puts `<font>` elements in
 * the place of a text node, other tools wrap a part of it or split it. Svelte goes on writing into the node that it made,
 * which may no longer be on the page. When it does, the node takes the place of all that a tool has put there; a
 * translator then translates the new text.
 *
 * It works for elements whose only content is one text, of `written`. It costs nothing at load, and of each change of
 * elements a look at where it was. Returns a function that ends this.
 */
export function keepText(root: Node): () => void {
  /** The text node that the page writes into, of elements that a tool has touched. */
  const texts = new WeakMap<Element, Text>();
  const owners = new WeakMap<Node, Element>();

  const values = new MutationObserver((changes) => {
    for (const { target } of changes) {
      const owner = owners.get(target);
      if (owner && (owner.firstChild !== target || owner.lastChild !== target)) owner.replaceChildren(target);
    }
  });
  const elements = new MutationObserver((changes) => {
    for (const change of changes) {
      const { target } = change;
      if (!(target instanceof Element) || !target.matches(written) || texts.has(target)) continue;
      const text = onlyText(change);
      if (!text) continue;
      texts.set(target, text);
      owners.set(text, target);
      values.observe(text, { characterData: true });
    }
  });
  elements.observe(root, { childList: true, subtree: true });
  return () => {
    elements.disconnect();
    values.disconnect();
  };
}

/** The text node that was the only child before a change; null if the element had other content. */
function onlyText({ removedNodes, previousSibling, nextSibling }: MutationRecord): Text | null {
  const before = [previousSibling, ...removedNodes, nextSibling].filter((node) => node !== null);
  return before.length === 1 && before[0] instanceof Text ? before[0] : null;
}
