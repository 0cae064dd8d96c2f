/** A cookie that is set and removed at once. */
const trial = 'resa-trial';

/**
 * True if the browser keeps cookies of this site, as far as a script can tell: without one nobody can join a board. The
 * cookie of a membership cannot be read by scripts, so a browser may still refuse it.
 */
export function keepsCookies(): boolean {
  try {
    if (!navigator.cookieEnabled) return false;
    document.cookie = `${trial}=1; path=/; samesite=strict`;
    const isKept = document.cookie.includes(`${trial}=1`);
    document.cookie = `${trial}=; path=/; samesite=strict; max-age=0`;
    return isKept;
  } catch {
    // A page without an origin, as in a sandboxed frame.
    return false;
  }
}
