import type { Rectangle, Report } from "../presentation/report.generated";
import { asText, conspicuous, detailSections, meter } from "../shared/details";
import type { Answered, Outcome } from "../shared/outcome";
import { language, say } from "../presentation/messages";
import details from "../presentation/details.css";
import palette from "../presentation/palette.css";
import { sign } from "../presentation/sign";
import { describe } from "../shared/describe";
import { copyText } from "./copy";
import type { ToBackground } from "../shared/messages";
import { boxInWindow, sourceOf } from "./find-picture";
import { inStep, type Look } from "./in-step";
import { Marks } from "./marks";
import { painted, place, type Area } from "./placement";
import { dressed, shield } from "./shield";
import style from "./badge.css";
import { heatMapsShown } from "../shared/storage";

// Layouts move pictures without any event (transforms, late fonts, single-page navigation).
const LOOK_AGAIN_MS = 250;

// Far above a cold start on a slow machine; by then the background has been stopped half-way.
const LOST_AFTER_MS = 60_000;

// A badge whose picture cannot be found lies in the window's corner.
const CORNER_GAP = 12;

const LOST: Outcome = { kind: "no_answerer", why: [["interrupted"]] };

function element(name: string, className: string): HTMLElement {
  const made = document.createElement(name);
  made.className = className;
  return made;
}

function heatLegend(): HTMLElement {
  const legend = element("p", "legend small");
  const ramp = element("span", "ramp");
  ramp.setAttribute("aria-hidden", "true");
  legend.append(say("heat_photographed"), ramp, say("heat_generated"));
  legend.title = say("heat_label");
  return legend;
}

/** Where a rectangle of a judged picture lies in the window. */
function projection(box: Area, fit: string, { image }: Report): (where: Rectangle) => Area {
  const area = painted(box, image, fit);
  const scaleX = area.width / image.width;
  const scaleY = area.height / image.height;
  return ([x, y, width, height]) => ({
    x: area.x + x * scaleX,
    y: area.y + y * scaleY,
    width: width * scaleX,
    height: height * scaleY,
  });
}

/** One badge beside one picture. Everything it starts ends with its signal. */
export class Badge {
  private readonly host = document.createElement("div");
  private readonly card = element("div", "card");
  private readonly live = element("div", "live");
  /** Below the verdict: its meter, what must not be overlooked, and the reasons on request. */
  private readonly more = element("div", "more");
  private readonly over = element("div", "over");
  private readonly end = new AbortController();
  private marks: Marks | null = null;
  private outcome: Outcome | null = null;
  private inSight = true;
  /** Null: not known. Asked for with every frame in which the page is scrolled, a hundred badges would be laid out as often. */
  private size: { width: number; height: number } | null = null;
  private readonly src: string;

  constructor(
    readonly check: string,
    private readonly picture: Element | null,
  ) {
    this.src = picture ? sourceOf(picture) : "";
    // Closed: the page can neither read the verdict nor write another one into it.
    const root = this.host.attachShadow({ mode: "closed" });
    dressed(root, palette + details + style);
    this.live.setAttribute("role", "status");
    // Found by those who go from one part of a page to the next by ear.
    this.card.setAttribute("role", "region");
    this.card.setAttribute("aria-label", say("name"));
    const top = element("div", "top");
    top.append(this.live, this.closeButton());
    this.card.append(top, this.more);
    root.append(this.over, this.card);
    shield(this.host);
    this.host.lang = language();
    // Outside of an open modal dialog nothing can be clicked or read aloud, not even in the top layer.
    (picture?.closest("dialog:modal") ?? document.documentElement).append(this.host);
    if ("showPopover" in this.host) {
      // The top layer lies above whatever the page stacks, full-screen pictures included.
      this.host.popover = "manual";
      this.host.showPopover();
    }
    this.follow();
    this.show(null);
  }

  get signal(): AbortSignal {
    return this.end.signal;
  }

  close(): void {
    this.end.abort();
  }

  /** Out of the picture while the tab is captured. */
  hide(hidden: boolean): void {
    this.host.style.setProperty("visibility", hidden ? "hidden" : "visible", "important");
  }

  show(outcome: Outcome | null): void {
    this.outcome = outcome;
    const words = describe(outcome);
    this.card.dataset.tone = words.tone;
    const lines = element("div", "lines");
    const first = element("div", "first");
    const title = element("strong", "title");
    title.textContent = words.title;
    first.append(title);
    lines.append(first);
    // Without a verdict the detail is a sentence, which needs a line of its own.
    const sentence = words.tone === "none";
    if (!sentence && words.detail) {
      const detail = element("span", "detail");
      detail.textContent = words.detail;
      first.append(" ", detail);
    }
    for (const text of sentence ? [words.detail, ...words.notes] : words.notes) {
      const line = element("div", "small");
      line.textContent = text;
      lines.append(line);
    }
    this.live.replaceChildren(sign(words.tone), lines);
    this.showMore(outcome?.kind === "report" ? outcome : null);
    this.grown();
  }

  private showMore(answered: Answered | null): void {
    this.marks = answered && new Marks(answered.report.faces);
    this.over.replaceChildren(...(this.marks ? [this.marks.layer] : []));
    if (!answered) {
      this.more.replaceChildren();
      return;
    }
    const bar = meter(answered);
    this.more.replaceChildren(...(bar ? [bar] : []), ...conspicuous(answered), this.reasons(answered));
  }

  private reasons(answered: Answered): HTMLElement {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = say("why");
    details.append(summary);
    const toggled = async (): Promise<void> => {
      const heated = details.open && (await heatMapsShown());
      this.marks?.showHeat(heated && details.open);
      // Made when they are asked for: a page may show a hundred badges.
      if (details.open && details.childElementCount === 1) details.append(...this.account(answered, heated));
      this.grown();
    };
    details.addEventListener("toggle", () => void toggled());
    return details;
  }

  private account(answered: Answered, heated: boolean): HTMLElement[] {
    const parts = detailSections(answered);
    if (heated && answered.report.faces.some((face) => face.heatmap?.length)) parts.unshift(heatLegend());
    const buttons = element("div", "buttons");
    const copy = this.button("plain", say("copy"), () => {
      void copyText(asText(answered), this.card).then((copied) => copied && (copy.textContent = say("copied")));
    });
    const wrong = this.button("plain", say("wrong"), () => {
      void chrome.runtime.sendMessage<ToBackground>({ to: "background", type: "wrong", text: asText(answered) });
    });
    buttons.append(copy, wrong);
    return [...parts, buttons];
  }

  private button(className: string, text: string, act: () => void): HTMLElement {
    const button = element("button", className);
    button.textContent = text;
    button.addEventListener("click", act, { signal: this.signal });
    return button;
  }

  private closeButton(): HTMLElement {
    const button = this.button("close", "\u00d7", () => this.close());
    button.setAttribute("aria-label", say("close"));
    return button;
  }

  private follow(): void {
    const { signal } = this;
    const move = (): void => this.move();
    addEventListener("scroll", move, { signal, capture: true, passive: true });
    addEventListener("resize", move, { signal, passive: true });
    addEventListener("keydown", (event) => event.key === "Escape" && this.close(), { signal, capture: true });

    const again = setInterval(move, LOOK_AGAIN_MS);
    const lost = setTimeout(() => !this.outcome && this.show(LOST), LOST_AFTER_MS);
    const sight = new IntersectionObserver((entries) => {
      this.inSight = entries[entries.length - 1].isIntersecting;
      this.move();
    });
    if (this.picture) sight.observe(this.picture);
    const growth = new ResizeObserver(([{ contentRect }]) => {
      // Out of sight it has no size, and comes back with the one it had.
      if (contentRect.width > 0) this.grown();
    });
    growth.observe(this.card, { box: "border-box" });

    signal.addEventListener("abort", () => {
      clearInterval(again);
      clearTimeout(lost);
      sight.disconnect();
      growth.disconnect();
      this.host.remove();
    });
  }

  private move(): void {
    inStep(this.look);
  }

  private grown(): void {
    this.size = null;
    this.move();
  }

  /** Where the badge belongs now; gives what puts it there. */
  private readonly look: Look = (seen) => {
    const { picture, card, over, marks } = this;
    if (this.signal.aborted) return () => undefined;
    // The verdict was about a picture that is no longer there.
    if (picture && (!picture.isConnected || sourceOf(picture) !== this.src)) return () => this.close();
    const shown = this.inSight && (!picture || picture.getClientRects().length > 0);
    this.size ??= { width: card.offsetWidth, height: card.offsetHeight };
    const { size } = this;
    let x = seen.width - size.width - CORNER_GAP;
    let y = CORNER_GAP;
    let inWindow: ((where: Rectangle) => Area) | null = null;
    if (shown && picture) {
      const box = boxInWindow(picture);
      const report = this.outcome?.kind === "report" ? this.outcome.report : null;
      if (report) inWindow = projection(box, getComputedStyle(picture).objectFit, report);
      ({ x, y } = place(size, box, seen, report && inWindow ? report.faces.map(({ box }) => box).map(inWindow) : []));
    }
    return () => {
      card.classList.toggle("away", !shown);
      over.classList.toggle("away", !shown);
      if (!shown) return;
      if (inWindow) marks?.move(inWindow);
      card.style.transform = `translate(${Math.round(x)}px, ${Math.round(y)}px)`;
    };
  };
}
