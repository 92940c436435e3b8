import { say } from "../presentation/messages";
import { toDataUrl } from "./data-url";
import { made } from "./dom";
import type { ToBackground } from "./messages";
import type { Outcome } from "./outcome";
import { shippedManifest } from "./shipped";
import { verdictSection } from "./verdict-section";

async function check(file: File): Promise<Outcome> {
  // Refused here already: messages are bounded too.
  const { max_bytes: most } = (await shippedManifest()).picture;
  if (file.size > most) {
    const detail = `the picture has ${file.size} bytes; at most ${most} are read`;
    return { kind: "bad_picture", code: "too_many_bytes", detail, by: "browser" };
  }
  const picture = toDataUrl(new Uint8Array(await file.arrayBuffer()));
  return chrome.runtime.sendMessage<ToBackground, Outcome>({
    to: "background",
    type: "check-picture",
    picture,
    name: file.name,
    by: null,
  });
}

function preview(file: File): HTMLImageElement {
  const image = new Image();
  image.src = URL.createObjectURL(file);
  image.alt = file.name;
  image.className = "preview";
  return image;
}

function chooser(take: (file: File) => void): HTMLElement {
  const input = document.createElement("input");
  input.type = "file";
  input.accept = "image/*";
  input.className = "unseen";
  input.addEventListener("change", () => {
    const [file] = input.files ?? [];
    if (file) take(file);
    input.value = ""; // the same file may be chosen again
  });
  const label = made("label", "", "button");
  label.append(made("span", say("own_choose")), input);
  return label;
}

/**
 * Takes a picture of the person's own, dropped onto the page, pasted into it or chosen, and tells below what it comes to. Its
 * listeners are the page's: one to a page. `chooses`: with a button that opens the system's window for files.
 */
export function ownPicture({ chooses }: { chooses: boolean }, ...beside: HTMLElement[]): HTMLElement {
  const answer = made("div", "", "answer");
  answer.setAttribute("aria-live", "polite");
  let latest: File | undefined;
  const take = async (file: File | undefined): Promise<void> => {
    latest = file;
    if (!file) {
      answer.replaceChildren(made("p", say("own_none")));
      return;
    }
    const shown = preview(file);
    answer.replaceChildren(shown, verdictSection(null));
    const outcome = await check(file);
    if (latest === file) answer.replaceChildren(shown, verdictSection(outcome));
  };
  const takeFrom = (data: DataTransfer | null): void => {
    void take([...(data?.files ?? [])].find(({ type }) => type.startsWith("image/")));
  };
  document.addEventListener("dragover", (event) => event.preventDefault());
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    takeFrom(event.dataTransfer);
  });
  document.addEventListener("paste", (event) => takeFrom(event.clipboardData));

  const row = made("div", "", "buttons");
  if (chooses) row.append(chooser((file) => void take(file)));
  row.append(...beside);
  const block = made("div", "", "own");
  block.append(made("p", say("own_hint"), "small"), row, answer);
  return block;
}
