import { headline, runtimeName } from "../../../extension/src/presentation/words";
import { checkPicture, fetchModel, Problem, useToken, type Model } from "./api";
import { Card } from "./card";
import { errorText } from "./errors";

function byId<E extends HTMLElement>(id: string, type: new () => E): E {
  const found = document.getElementById(id);
  if (!(found instanceof type)) throw new Error(`the page has no ${type.name} #${id}`);
  return found;
}

const state = byId("state", HTMLElement);
const intake = byId("intake", HTMLElement);
const files = byId("files", HTMLInputElement);
const notice = byId("notice", HTMLElement);
const results = byId("results", HTMLElement);
const list = byId("cards", HTMLElement);
const clear = byId("clear", HTMLButtonElement);
const spoken = byId("spoken", HTMLElement);
const privacy = byId("privacy", HTMLElement);
const tokenForm = byId("token", HTMLFormElement);
const tokenField = byId("token-field", HTMLInputElement);

const shown = new Set<Card>();
// One after another: the server's network takes one picture at a time, and its answers come in order.
let queue = Promise.resolve();
let model: Model | null = null;

async function connect(): Promise<void> {
  state.textContent = "Loading the network…";
  try {
    model = await fetchModel();
  } catch (error) {
    const problem = asProblem(error);
    state.textContent = problem.code === "unauthorized" ? "Locked" : errorText(problem);
    state.dataset.state = "failed";
    tokenForm.hidden = problem.code !== "unauthorized";
    return;
  }
  tokenForm.hidden = true;
  state.dataset.state = "ready";
  state.textContent = `Ready · ${model.name} ${model.version} · ${runtimeName(model.runtime)}`;
  state.title = model.device;
  if (model.runtime === "tfserving") {
    privacy.textContent = `Faces are found by this server; what it cuts out of the picture goes to ${model.device}.`;
  }
}

function add(pictures: readonly File[]): void {
  notice.textContent = "";
  const added = pictures.map((file) => {
    const card: Card = new Card(file, { onRemove: () => remove(card), onRetry: () => enqueue(card) });
    shown.add(card);
    return card;
  });
  list.prepend(...added.map((card) => card.element));
  showResults();
  added.forEach(enqueue);
}

function enqueue(card: Card): void {
  card.showWaiting();
  queue = queue.then(() => check(card));
}

async function check(card: Card): Promise<void> {
  if (!shown.has(card)) {
    return;
  }
  try {
    if (model !== null && card.file.size > model.picture.max_bytes) {
      throw new Problem("too_many_bytes", "");
    }
    const report = await checkPicture(card.file);
    card.showReport(report, model);
    spoken.textContent = `${card.name}: ${headline(report)}`;
  } catch (error) {
    const problem = asProblem(error);
    if (problem.code === "unauthorized") {
      tokenForm.hidden = false;
    }
    card.showError(problem, model);
    spoken.textContent = `${card.name}: ${errorText(problem, model?.picture)}`;
  }
}

// A fault of this page must not hold up the pictures that wait behind.
function asProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  console.error(error);
  return new Problem("unknown", String(error));
}

function remove(card: Card): void {
  const next = card.element.nextElementSibling ?? card.element.previousElementSibling;
  shown.delete(card);
  card.dispose();
  showResults();
  // Else the keyboard's place would be lost with the button.
  (next?.querySelector<HTMLElement>(".remove") ?? files).focus();
}

function showResults(): void {
  results.hidden = shown.size === 0;
  clear.hidden = shown.size < 2;
  intake.classList.toggle("small", shown.size > 0);
}

function take(transfer: DataTransfer | null, complaint: string): void {
  const given = [...(transfer?.files ?? [])];
  if (given.length > 0) {
    add(given);
  } else {
    notice.textContent = complaint;
  }
}

files.addEventListener("change", () => {
  add([...(files.files ?? [])]);
  // So that choosing the same file again is a change.
  files.value = "";
});

document.addEventListener("paste", (event) => {
  if (event.target !== tokenField) {
    take(event.clipboardData, "The clipboard holds no picture. Copy the picture itself, not its address.");
  }
});

// The whole page takes drops: a picture that misses the frame must not replace the page.
document.addEventListener("dragover", (event) => {
  event.preventDefault();
  intake.classList.add("over");
});
document.addEventListener("dragleave", (event) => {
  if (event.relatedTarget === null) {
    intake.classList.remove("over");
  }
});
document.addEventListener("drop", (event) => {
  event.preventDefault();
  intake.classList.remove("over");
  take(event.dataTransfer, "That was no picture file. Save the picture first, or copy it and paste it here.");
});

clear.addEventListener("click", () => {
  for (const card of shown) {
    card.dispose();
  }
  shown.clear();
  showResults();
  files.focus();
});

tokenForm.addEventListener("submit", (event) => {
  event.preventDefault();
  useToken(tokenField.value);
  void connect();
});

// A server that was opened to other machines may be one of those.
if (!["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)) {
  privacy.textContent = `The answer comes from the computer at ${location.hostname}; the picture goes there and nowhere else.`;
}

if (navigator.platform.startsWith("Mac")) {
  byId("paste-key", HTMLElement).textContent = "⌘";
}

void connect();
