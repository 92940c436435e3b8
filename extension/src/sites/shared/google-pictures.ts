// Larger than any face the networks look at, and one file instead of one a size.
const SIDE = 512;

/** Google's picture hosts put size and cut behind the last `=`: this asks for the whole picture, in one size. */
export function largerGooglePicture(address: string): string {
  return /^https:\/\/(?:yt3\.ggpht\.com|[^/]*\.googleusercontent\.com)\//.test(address)
    ? address.replace(/=(?:s|w)\d+[^/=]*$/, `=s${SIDE}`)
    : address;
}
