const loopback = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/;

/** Whether a link leads to whatever computer opens it, and so to this server on this computer only. */
export function isLocal(link: string | null): boolean {
  return link !== null && URL.canParse(link) && loopback.test(new URL(link).hostname);
}
