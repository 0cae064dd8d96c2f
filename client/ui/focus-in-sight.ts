/**
 * Keeps the focused element in sight when the window gets another size: at another zoom, or when an on-screen keyboard
 * opens. An element that was scrolled out of sight before stays there. Returns a function that ends this.
 */
export function keepFocusInSight(): () => void {
  let isInSight = false;
  let frame = 0;
  // It notes what is in sight once per frame, after `resize` events: at such an event it still has the state before.
  const watch = new IntersectionObserver((seen) => (isInSight = seen.at(-1)?.isIntersecting ?? false));

  const follow = () => {
    watch.disconnect();
    isInSight = false;
    const { activeElement } = document;
    if (activeElement && activeElement !== document.body) watch.observe(activeElement);
  };
  const resized = () => {
    if (!isInSight || frame !== 0) return;
    // In the frame after the page was laid out for the new size: only then do its sticky bars know their heights.
    frame = requestAnimationFrame(() => {
      frame = requestAnimationFrame(() => {
        frame = 0;
        document.activeElement?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        isInSight = true;
      });
    });
  };

  follow();
  document.addEventListener('focusin', follow);
  window.addEventListener('resize', resized);
  return () => {
    cancelAnimationFrame(frame);
    watch.disconnect();
    document.removeEventListener('focusin', follow);
    window.removeEventListener('resize', resized);
  };
}
