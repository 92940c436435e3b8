// What differs between the browsers.

/** @typedef {"chrome" | "firefox"} Browser */

/** The oldest versions. Firefox tells people of data collection in its own words since 142. */
export const OLDEST = { chrome: 116, firefox: 142 };

// What Firefox and its store know the add-on by, for ever. A UUID, because nobody has to own a domain for it.
export const FIREFOX_ID = "{d3d0b773-e7d1-41e0-95f9-70dfaec2d51c}";

/**
 * The manifest of one browser, made of the one in static/, which is Chrome's but for the versions.
 * @param {Record<string, unknown> & { permissions: string[] }} manifest
 * @param {Browser} browser
 * @param {string} version of the extension
 */
export function manifestFor(manifest, browser, version) {
  if (browser === "chrome") return { ...manifest, version, minimum_chrome_version: String(OLDEST.chrome) };
  const { key: _key, ...rest } = manifest;
  return {
    ...rest,
    version,
    permissions: manifest.permissions
      .filter((name) => name !== "offscreen")
      // Under Firefox's own name it also lets a page's script have the element that the menu was opened over.
      .map((name) => (name === "contextMenus" ? "menus" : name)),
    background: { scripts: ["background.js"] },
    browser_specific_settings: {
      gecko: {
        id: FIREFOX_ID,
        strict_min_version: `${OLDEST.firefox}.0`,
        // Pictures leave the machine only for a server elsewhere, whose address the person enters and agrees to.
        data_collection_permissions: { required: ["none"], optional: ["websiteContent"] },
      },
    },
  };
}
