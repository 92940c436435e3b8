import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { memoryArea } from "../shared/chrome.testing";
import type { Outcome } from "../shared/outcome";
import { outcomeOfProfile } from "./outcome-of";
import { profileSeen } from "./profiles";

vi.mock("./outcome-of", () => ({ outcomeOfProfile: vi.fn() }));
vi.mock("./toolbar", () => ({ showOnToolbar: vi.fn(), clearToolbar: vi.fn() }));

const OUTCOME: Outcome = { kind: "no_answerer", why: [["nobody_answered"]] };

let hidden: number[];

beforeEach(() => {
  hidden = [];
  vi.stubGlobal("chrome", {
    storage: { session: memoryArea() },
    tabs: { get: (id: number) => Promise.resolve({ active: !hidden.includes(id), url: "https://page.example/" }) },
    action: { setBadgeText: () => Promise.resolve() },
  });
});

afterEach(() => {
  vi.resetAllMocks();
  vi.unstubAllGlobals();
});

/** A profile is seen in a tab: each tab shows another one. */
function seen(tabId: number) {
  const picture = `https://pictures.example/${tabId}.jpg`;
  const profile = { key: `person ${tabId}`, site: "", picture, larger: picture, placeholder: false };
  return profileSeen(tabId, `document ${tabId}`, profile, []);
}

test("pictures of profiles are checked one at a time, however many windows show one", async () => {
  const ends: (() => void)[] = [];
  vi.mocked(outcomeOfProfile).mockImplementation(() => new Promise((done) => ends.push(() => done(OUTCOME))));
  const all = [1, 2, 3].map(seen);
  for (let checked = 1; checked <= all.length; checked++) {
    await vi.waitFor(() => expect(ends).toHaveLength(checked));
    await new Promise((done) => setTimeout(done));
    expect(outcomeOfProfile).toHaveBeenCalledTimes(checked);
    ends[checked - 1]();
  }
  expect(await Promise.all(all)).toEqual(["done", "done", "done"]);
});

test("a tab that is hidden when its turn comes is told to ask later", async () => {
  hidden = [2];
  vi.mocked(outcomeOfProfile).mockResolvedValue(OUTCOME);
  expect(await Promise.all([seen(1), seen(2)])).toEqual(["done", "later"]);
  expect(outcomeOfProfile).toHaveBeenCalledOnce();
});
