export const DEFAULT_ADDRESS = "http://127.0.0.1:8765";

// Pictures must not leave the machine, whatever is typed in.
const OWN_MACHINE = ["127.0.0.1", "localhost"];

/** `http://host:port` of a server on this machine, or null for anything else. */
export function ownMachineAddress(typed: string): string | null {
  const text = typed.trim();
  let url: URL;
  try {
    url = new URL(text.includes("://") ? text : `http://${text}`);
  } catch {
    return null;
  }
  const bare = url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
  return url.protocol === "http:" && OWN_MACHINE.includes(url.hostname) && bare ? url.origin : null;
}
