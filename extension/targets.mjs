// What differs between the browsers.

/** @typedef {"chrome" | "firefox"} Browser */

/** The oldest versions, as esbuild names them. Firefox tells people of data collection in its own words since 142. */
export const OLDEST = { chrome: "chrome116", firefox: "firefox142" };

// What Firefox and its store know the add-on by, for ever. A UUID, because nobody has to own a domain for it.
export const FIREFOX_ID = "{d3d0b773-e7d1-41e0-95f9-70dfaec2d51c}";

/**
 * The manifest of one browser, made of the one in static/, which is Chrome's.
 * @param {Record<string, unknown> & { permissions: string[] }} manifest
 * @param {Browser} browser
 */
export function manifestFor(manifest, browser) {
  if (browser === "chrome") return manifest;
  const { key: _key, minimum_chrome_version: _version, ...rest } = manifest;
  return {
    ...rest,
    permissions: manifest.permissions.filter((name) => name !== "offscreen"),
    background: { scripts: ["background.js"] },
    browser_specific_settings: {
      gecko: {
        id: FIREFOX_ID,
        strict_min_version: "142.0",
        // Pictures leave the machine only for a server elsewhere, whose address the person enters and agrees to.
        data_collection_permissions: { required: ["none"], optional: ["websiteContent"] },
      },
    },
  };
}
