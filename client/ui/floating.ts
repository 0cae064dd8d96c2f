import type { Attachment } from 'svelte/attachments';
import { returnFocus } from './keep-focus.ts';
import type { Box } from './place.ts';
import { placeBeside } from './place.ts';
import { isComposing } from './composing.ts';

/** What a floating box is placed beside: an element, or a point of the screen (a right click). */
export type Anchor = Element | { readonly x: number; readonly y: number };

/**
 * Shows an element beside its anchor, as a manual popover in the top layer, until the element is removed. A press
 * outside, Escape and scrolling of the anchor call `onclose`. The focus returns to where it was.
 */
export function floating(anchor: Anchor, onclose: () => void): Attachment<HTMLElement> {
  return (box) => {
    const before = document.activeElement;
    box.popover = 'manual';
    box.showPopover();
    const put = () => {
      const rightToLeft = getComputedStyle(box).direction === 'rtl';
      const { scrollTop } = box;
      box.style.maxBlockSize = '';
      const { width, height } = box.getBoundingClientRect();
      const screen = { width: document.documentElement.clientWidth, height: window.innerHeight };
      const { x, y, maxHeight } = placeBeside(boxOf(anchor), { width, height }, screen, rightToLeft);
      box.style.left = `${x}px`;
      box.style.top = `${y}px`;
      box.style.maxBlockSize = `${maxHeight}px`;
      box.scrollTop = scrollTop;
    };
    put();
    // What unfolds in the box, as a QR code, must not push its end off the screen.
    const grown = new ResizeObserver(put);
    grown.observe(box);
    const onPress = (event: PointerEvent) => {
      const at = event.target instanceof Node ? event.target : null;
      if (!box.contains(at) && !(anchor instanceof Element && anchor.contains(at))) onclose();
    };
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || isComposing(event)) return;
      event.preventDefault();
      event.stopPropagation();
      onclose();
    };
    const onScroll = (event: Event) => {
      if (!(event.target instanceof Node) || box.contains(event.target)) return;
      // What scrolls elsewhere leaves the anchor in its place, as the map below a menu of the top bar.
      if (!(anchor instanceof Element) || event.target.contains(anchor)) onclose();
    };
    window.addEventListener('pointerdown', onPress, true);
    window.addEventListener('keydown', onKey, true);
    window.addEventListener('scroll', onScroll, true);
    window.addEventListener('resize', put);
    return () => {
      grown.disconnect();
      window.removeEventListener('pointerdown', onPress, true);
      window.removeEventListener('keydown', onKey, true);
      window.removeEventListener('scroll', onScroll, true);
      window.removeEventListener('resize', put);
      const held = box.contains(document.activeElement) || document.activeElement === document.body;
      if (held) returnFocus(before);
    };
  };
}

function boxOf(anchor: Anchor): Box {
  if (anchor instanceof Element) return anchor.getBoundingClientRect();
  return { left: anchor.x, top: anchor.y, right: anchor.x, bottom: anchor.y };
}
