/**
 * Runs `then` once what was just drawn is painted, so that loading more does not delay it. In a tab in the background,
 * where nothing is painted, soon. Returns a function that cancels it.
 */
export function afterPaint(then: () => void): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let frame = 0;
  const soon = () => (timer = setTimeout(then));
  // The frame is painted after this callback, before the next task.
  if (document.hidden) soon();
  else frame = requestAnimationFrame(soon);
  return () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  };
}
