const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a link points to localhost, and so works only on the computer that runs the server. */
export function isLocal(link: string | null): boolean {
  return link !== null && URL.canParse(link) && loopback.test(new URL(link).hostname);
}
