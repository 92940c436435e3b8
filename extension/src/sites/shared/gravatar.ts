// Gravatar enlarges no further than this with anything to show for it.
const SIDE = "800";

/** An address of Gravatar's with the largest useful size; any other as it is. */
export function largerGravatar(address: string): string {
  const url = new URL(address);
  if (!/(?:^|\.)gravatar\.com$/.test(url.hostname)) return address;
  url.searchParams.delete("size");
  url.searchParams.set("s", SIDE);
  return url.href;
}
