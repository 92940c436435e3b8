import type { ProfileSeen } from "../shared/messages";
import { samePicture } from "../sites/shared/shown";
import { siteOf } from "../sites/shared/registry";
import type { Site } from "../sites/shared/site";

// A page that changes without pause, such as a feed, is looked at this often and no more.
const LOOK_EVERY_MS = 250;

// A picture that stays this long is no small version that stands in for the one to come.
const STABLE_MS = 300;

// Sites leave the last profile's picture standing while the next one's is loading. If it still stands after this, it is theirs
// too (a person's page under another address).
const STALE_MS = 3000;

// After this a profile without a picture is said to have none, and a picture is no longer expected to change.
const SETTLED_MS = 10_000;

const CHANGES: MutationObserverInit = {
  childList: true,
  subtree: true,
  attributes: true,
  attributeFilter: ["src", "srcset", "style", "href", "xlink:href", "aria-hidden", "data-delayed-url"],
};

interface Profile {
  key: string;
  site: Site;
  name: string;
  since: number;
  /** The picture that stood there when the page went over to this profile. */
  before: string | null;
  seen: { address: string; since: number } | null;
  told: { picture: string | null } | null;
}

/**
 * Follows whose profile the page shows and which picture is theirs. It reads the page and never writes to it. Ends with its
 * signal.
 */
export class Watch {
  private profile: Profile | null = null;
  private toldNobody = false;
  private due: ReturnType<typeof setTimeout> | undefined;
  private readonly observer = new MutationObserver(() => this.lookIn(LOOK_EVERY_MS));

  constructor(
    private readonly tell: (seen: ProfileSeen) => void,
    private readonly signal: AbortSignal,
  ) {
    const look = (): void => this.lookIn(0);
    addEventListener("hashchange", look, { signal });
    addEventListener("popstate", look, { signal });
    // Back from the browser's store of pages: the background has forgotten this one.
    addEventListener("pageshow", (event) => event.persisted && this.again(), { signal });
    document.addEventListener("visibilitychange", look, { signal });
    // Firefox before 147 has none: there the background tells when an address changes.
    if ("navigation" in globalThis) navigation.addEventListener("currententrychange", look, { signal });
    signal.addEventListener("abort", () => {
      clearTimeout(this.due);
      this.observer.disconnect();
    });
    look();
  }

  /** Tells anew what is to be seen. */
  again(): void {
    this.profile = null;
    this.toldNobody = false;
    this.lookIn(0);
  }

  /** Looks after so many milliseconds, or sooner if a look is due sooner. */
  lookIn(wait: number): void {
    if (this.signal.aborted) return;
    if (this.due !== undefined) {
      if (wait > 0) return;
      clearTimeout(this.due);
    }
    this.due = setTimeout(() => {
      this.due = undefined;
      this.look();
    }, wait);
  }

  private look(): void {
    // Nobody sees what a hidden tab is about; it is looked at once it is shown.
    if (document.visibilityState !== "visible") return;
    const url = new URL(location.href);
    const site = siteOf(url, document);
    const name = site.match(url);
    if (name === null) {
      this.profile = null;
      this.observer.disconnect();
      if (!this.toldNobody) this.tell({ key: null });
      this.toldNobody = true;
      return;
    }
    const key = `${site.name || url.origin}:${name}`;
    if (this.profile?.key !== key) this.begin({ key, site, name });
    this.lookFor();
  }

  private begin(profile: Pick<Profile, "key" | "site" | "name">): void {
    const before = this.profile?.told?.picture ?? null;
    this.profile = { ...profile, since: Date.now(), before, seen: null, told: null };
    this.toldNobody = false;
    this.observer.observe(document.documentElement, CHANGES);
  }

  private lookFor(): void {
    const { profile } = this;
    if (!profile) return;
    const { site, name, told } = profile;
    const now = Date.now();
    const age = now - profile.since;
    const settled = age >= SETTLED_MS;
    const address = site.find(document, name);
    const stale = address !== null && age < STALE_MS && profile.before !== null && samePicture(address, profile.before);
    if (!address || stale) {
      profile.seen = null;
      if (settled && !told) this.report(profile, null);
      // Later ones are still found, by the observer.
      else if (!settled) this.lookIn(LOOK_EVERY_MS * 2);
      return;
    }
    if (!profile.seen || !samePicture(profile.seen.address, address)) profile.seen = { address, since: now };
    profile.seen.address = address;
    const isNew = !told?.picture || !samePicture(told.picture, address);
    if (isNew && now - profile.seen.since < STABLE_MS) {
      this.lookIn(STABLE_MS);
      return;
    }
    if (isNew) this.report(profile, address);
    // Where the address names nobody the picture may be another person's at any time.
    if (settled && name !== "") this.observer.disconnect();
  }

  private report(profile: Profile, picture: string | null): void {
    const { key, site } = profile;
    profile.told = { picture };
    if (picture === null) {
      this.tell({ key, site: site.name, picture: null });
      return;
    }
    const placeholder = site.isPlaceholder(picture);
    this.tell({ key, site: site.name, picture, larger: site.larger(picture), placeholder });
  }
}
