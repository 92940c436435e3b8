import type { Manifest } from "../detector/manifest";

// The build has checked the manifest, and whoever runs its networks checks it again: here it is only read, once.
let manifest: Promise<Pick<Manifest, "picture" | "version" | "roles" | "networks">> | null = null;

/** What the extension's own bundle says of itself. */
export function shippedManifest(): Promise<Pick<Manifest, "picture" | "version" | "roles" | "networks">> {
  manifest ??= fetch(chrome.runtime.getURL("bundle/manifest.json")).then((file) => file.json());
  return manifest;
}
