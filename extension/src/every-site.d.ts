/** Every adapter in src/sites, put together by the build (every-site.mjs), so that adding a site is adding a file. */
declare module "every-site" {
  const sites: readonly import("./sites/shared/site").Site[];
  export default sites;
}
