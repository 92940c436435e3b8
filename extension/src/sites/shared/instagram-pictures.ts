/** Instagram and Threads keep their people's pictures on the same hosts. */

const HOSTS = /^https:\/\/[^/]*\.(?:cdninstagram\.com|fbcdn\.net)\//;

export const INSTAGRAM_PICTURES = ["https://*.cdninstagram.com/*", "https://*.fbcdn.net/*"];

/** Type 19 is a profile's picture. */
export function isInstagramPicture(address: string): boolean {
  return HOSTS.test(address) && /\/t\d+\.\d+-19\//.test(address);
}

export function isInstagramPlaceholder(address: string): boolean {
  return (
    /\/(?:44884218_345707102882519_2446069589734326272_n|464760996_1254146839119862_3605321457742435801_n)\./.test(
      address,
    ) || address.includes("ig_cache_key=YW5vbnltb3VzX3Byb2ZpbGVfcGlj")
  );
}
