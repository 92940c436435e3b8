export const DEFAULT_ADDRESS = "http://127.0.0.1:8765";

const OWN_MACHINE = ["127.0.0.1", "localhost"];

// As the server asks of its own.
const TOKEN = /^[!-~]{16,}$/;

/** `http://host:port` of a server as a person may write it, or null for anything else. */
export function addressOf(typed: string): string | null {
  const text = typed.trim();
  let url: URL;
  try {
    url = new URL(text.includes("://") ? text : `http://${text}`);
  } catch {
    return null;
  }
  const bare = url.pathname === "/" && !url.search && !url.hash && !url.username && !url.password;
  return ["http:", "https:"].includes(url.protocol) && bare ? url.origin : null;
}

/** Whether pictures stay on this machine. */
export function isOwnMachine(address: string): boolean {
  const { protocol, hostname } = new URL(address);
  return protocol === "http:" && OWN_MACHINE.includes(hostname);
}

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}
