// What differs between the browsers.

/** @typedef {"chrome" | "firefox"} Browser */

/** The oldest versions, as esbuild names them. Firefox tells people of data collection in its own words since 142. */
export const OLDEST = { chrome: "chrome116", firefox: "firefox142" };

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
        id: "check-this-face@localhost.invalid",
        strict_min_version: "142.0",
        data_collection_permissions: { required: ["none"] },
      },
    },
  };
}
