import type { Collected, Located, Message, Taken, ToBackground, ToPage } from "../shared/messages";
import type { Outcome } from "../shared/outcome";
import { siteOf } from "../sites/shared/registry";
import { speak } from "../presentation/messages";
import type { Spoken } from "../shared/language";
import { thisDocument } from "../shared/this-document";
import { Badge } from "./badge";
import {
  allElements,
  boxInWindow,
  targetAt,
  targetOf,
  targetUnderPointer,
  targetWith,
  visibleArea,
  type Target,
} from "./find-picture";
import { largerVersions } from "./larger";
import { Picker } from "./picker";
import { pixelsOf } from "./pixels";

declare global {
  // Set in the extension's own world, where the page cannot see it.
  var checkThisFaceListens: boolean | undefined;
}

// A menu stays open no longer than this before something is chosen from it.
const POINTED_LASTS_MS = 60_000;

// "All faces of the page" means those that a person can see as such.
const SMALLEST_SIDE = 48;

// A page may hold thousands of elements, and must not be felt to stop.
const WORK_MS = 10;

const badges = new Map<Element | null, Badge>();
const targets = new Map<string, Target | null>();
let pointed: { x: number; y: number; at: number } | null = null;
let picker: Picker | null = null;

function newCheck(): string {
  return [...crypto.getRandomValues(new Uint32Array(4))].join("-");
}

function withBadge(check: string): Badge {
  const picture = targets.get(check)?.element ?? null;
  badges.get(picture)?.close();
  const badge = new Badge(check, picture);
  badges.set(picture, badge);
  badge.signal.addEventListener("abort", () => {
    if (badges.get(picture) === badge) badges.delete(picture);
    targets.delete(check);
  });
  return badge;
}

/** Firefox names the element that was clicked. */
function clickedElement(id: number | null): Element | null {
  if (id === null || !("browser" in globalThis)) return null;
  const { menus } = (globalThis as unknown as { browser: { menus?: { getTargetElement(id: number): Element | null } } })
    .browser;
  return menus?.getTargetElement(id) ?? null;
}

function pointedAt(element: Element | null): Target | null {
  if (element) {
    const { left, top, width, height } = element.getBoundingClientRect();
    return targetOf(element) ?? targetAt(left + width / 2, top + height / 2);
  }
  if (pointed && Date.now() - pointed.at < POINTED_LASTS_MS) return targetAt(pointed.x, pointed.y);
  return targetUnderPointer();
}

function describeTarget(target: Target): Taken {
  const pixels = target.src ? null : pixelsOf(target.element);
  return { document: thisDocument(), src: target.src, larger: largerVersions(target), pixels };
}

function begin(check: string, src: string, element: number | null): Taken | null {
  const target = targets.get(check) ?? (src ? targetWith(src) : pointedAt(clickedElement(element)));
  if (!target && !src) return null;
  targets.set(check, target);
  withBadge(check);
  if (!target) return { document: thisDocument(), src, larger: [], pixels: null };
  const taken = describeTarget(target);
  // Of a film the menu tells the address, which is no picture's.
  return target.element.localName === "video" ? taken : { ...taken, src: taken.src || src };
}

function show(check: string, outcome: Outcome): void {
  for (const badge of badges.values()) {
    if (badge.check === check) return badge.show(outcome);
  }
  // Collected ones get their badge with their answer; one that was closed meanwhile stays closed.
  if (targets.has(check)) withBadge(check).show(outcome);
}

async function collect(): Promise<Collected[]> {
  const found: Collected[] = [];
  const seen = new Set<string>();
  let resumed = performance.now();
  for (const element of [...allElements(document)]) {
    if (performance.now() - resumed > WORK_MS) {
      await new Promise((done) => setTimeout(done));
      resumed = performance.now();
    }
    const { width, height } = element.getBoundingClientRect();
    if (width < SMALLEST_SIDE || height < SMALLEST_SIDE || !element.checkVisibility({ visibilityProperty: true }))
      continue;
    const target = targetOf(element);
    if (!target || (target.src && seen.has(target.src))) continue;
    seen.add(target.src);
    const check = newCheck();
    targets.set(check, target);
    found.push({ check, ...describeTarget(target) });
  }
  return found;
}

/** Where this frame lies in the tab; null in a frame of another site, which cannot know. */
function frameOrigin(): { x: number; y: number; windowWidth: number } | null {
  let x = 0;
  let y = 0;
  let view: Window = window;
  while (view !== view.parent) {
    const frame = view.frameElement;
    if (!frame) return null;
    const { left, top } = frame.getBoundingClientRect();
    x += left + frame.clientLeft;
    y += top + frame.clientTop;
    view = view.parent;
  }
  return { x, y, windowWidth: view.innerWidth };
}

async function pose(check: string): Promise<Located | null> {
  const element = targets.get(check)?.element;
  const origin = frameOrigin();
  if (!element || !origin || visibleArea(element) === 0) return null;
  for (const badge of badges.values()) badge.hide(true);
  // Painted without them once, and once more to be sure that it is on the screen.
  for (let frame = 0; frame < 2; frame++) await new Promise((done) => requestAnimationFrame(done));
  const box = boxInWindow(element);
  const left = Math.max(box.left, 0);
  const top = Math.max(box.top, 0);
  return {
    x: origin.x + left,
    y: origin.y + top,
    width: Math.min(box.right, innerWidth) - left,
    height: Math.min(box.bottom, innerHeight) - top,
    windowWidth: origin.windowWidth,
  };
}

function pick(): void {
  picker?.leave();
  picker = new Picker((target) => {
    const check = newCheck();
    targets.set(check, target);
    void chrome.runtime.sendMessage<ToBackground>({ to: "background", type: "picked", check });
  });
}

function profilePicture(): string | null {
  const url = new URL(location.href);
  const site = siteOf(url, document);
  const name = site.match(url);
  return name === null ? null : site.find(document, name);
}

function answer(message: ToPage): unknown {
  switch (message.type) {
    case "still-there":
      return thisDocument();
    case "begin":
      return begin(message.check, message.src, message.element);
    case "show":
      return show(message.check, message.outcome);
    case "pick":
      return pick();
    case "collect":
      return collect();
    case "pose":
      return pose(message.check);
    case "pose-over":
      for (const badge of badges.values()) badge.hide(false);
      return;
    case "profile-picture":
      return profilePicture();
    case "watch-no-more":
      return;
  }
}

async function learnLanguage(): Promise<void> {
  try {
    const { language, messages } = await chrome.runtime.sendMessage<ToBackground, Spoken>({
      to: "background",
      type: "spoken",
    });
    speak(language, messages);
  } catch {
    // English is better than nothing.
  }
}

if (!globalThis.checkThisFaceListens) {
  globalThis.checkThisFaceListens = true;
  addEventListener("contextmenu", ({ clientX: x, clientY: y }) => (pointed = { x, y, at: Date.now() }), {
    capture: true,
  });
  const speaking = learnLanguage();
  chrome.runtime.onMessage.addListener((message: Message, _sender, reply: (answer: unknown) => void) => {
    if (message.to !== "page") return false;
    void speaking.then(() => answer(message)).then((said) => reply(said ?? null));
    return true;
  });
}
