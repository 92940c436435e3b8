import { say } from "../presentation/messages";
import palette from "../presentation/palette.css";
import { allElements, boxInWindow, targetAt, targetOf, visibleArea, type Target } from "./find-picture";
import style from "./picker.css";
import { dressed, shield } from "./shield";

// What is smaller is not stepped to by the keyboard; pointing at it works all the same.
const SMALLEST_STEP = 48 * 48;

/**
 * Lets the person point at what is to be checked: outlines what it would take. By keyboard: Tab or the arrows step from one
 * picture to the next, Enter takes it, Escape leaves.
 */
export class Picker {
  private readonly host = document.createElement("div");
  private readonly screen = document.createElement("div");
  private readonly frame = document.createElement("div");
  private readonly hint = document.createElement("div");
  private readonly end = new AbortController();
  private readonly before = document.activeElement;
  private target: Target | null = null;

  constructor(private readonly take: (target: Target) => void) {
    const root = this.host.attachShadow({ mode: "closed" });
    dressed(root, palette + style);
    this.screen.className = "screen";
    this.screen.tabIndex = 0;
    this.screen.setAttribute("role", "application");
    this.screen.setAttribute("aria-label", say("picker_hint"));
    this.frame.className = "frame";
    this.hint.className = "hint";
    this.hint.setAttribute("role", "status");
    this.hint.textContent = say("picker_hint");
    root.append(this.screen, this.frame, this.hint);
    shield(this.host);
    this.host.lang = "en";
    document.documentElement.append(this.host);
    if ("showPopover" in this.host) {
      this.host.popover = "manual";
      this.host.showPopover();
    }
    this.screen.focus();
    this.listen();
  }

  get signal(): AbortSignal {
    return this.end.signal;
  }

  leave(): void {
    if (this.signal.aborted) return;
    this.end.abort();
    this.host.remove();
    if (this.before instanceof HTMLElement) this.before.focus();
  }

  private listen(): void {
    const { signal } = this;
    let due = 0;
    const follow = ({ clientX, clientY }: PointerEvent): void => {
      cancelAnimationFrame(due);
      due = requestAnimationFrame(() => !signal.aborted && this.outline(targetAt(clientX, clientY, this.host)));
    };
    this.screen.addEventListener("pointermove", follow, { signal });
    this.screen.addEventListener(
      "click",
      ({ clientX, clientY }) => this.choose(targetAt(clientX, clientY, this.host)),
      {
        signal,
      },
    );
    addEventListener("scroll", () => this.outline(this.target), { signal, capture: true, passive: true });
    // In the capturing phase, and for the page no more: Escape closes many things.
    addEventListener("keydown", (event) => this.key(event), { signal, capture: true });
  }

  private key(event: KeyboardEvent): void {
    const back = event.key === "ArrowLeft" || event.key === "ArrowUp" || (event.key === "Tab" && event.shiftKey);
    if (event.key === "Escape") this.leave();
    else if (event.key === "Enter") this.choose(this.target);
    else if (back || ["Tab", "ArrowRight", "ArrowDown"].includes(event.key)) this.step(back ? -1 : 1);
    else return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }

  private step(by: 1 | -1): void {
    const targets = [...allElements(document)]
      .filter((element) => element !== this.host && visibleArea(element) >= SMALLEST_STEP)
      .flatMap((element) => targetOf(element) ?? []);
    if (targets.length === 0) {
      this.hint.textContent = say("picker_nothing");
      return;
    }
    const at = targets.findIndex(({ element }) => element === this.target?.element);
    const next = at < 0 ? (by === 1 ? 0 : targets.length - 1) : (at + by + targets.length) % targets.length;
    this.outline(targets[next]);
  }

  private outline(target: Target | null): void {
    this.target = target;
    this.frame.classList.toggle("on", target !== null);
    if (!target) return;
    const { x, y, width, height } = boxInWindow(target.element);
    this.frame.style.transform = `translate(${x}px, ${y}px)`;
    this.frame.style.width = `${width}px`;
    this.frame.style.height = `${height}px`;
  }

  private choose(target: Target | null): void {
    if (!target) {
      this.hint.textContent = say("picker_nothing");
      return;
    }
    this.leave();
    this.take(target);
  }
}
