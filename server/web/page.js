import { checkPicture, fetchModel, Problem, useToken } from "./api.js";
import { Card } from "./card.js";
import { errorText, headline, runtimeName } from "./words.js";

const [state, intake, files, notice, results, list, clear, spoken, privacy, tokenForm, tokenField] = [
  "state",
  "intake",
  "files",
  "notice",
  "results",
  "cards",
  "clear",
  "spoken",
  "privacy",
  "token",
  "token-field",
].map((id) => document.getElementById(id));

const shown = new Set();
// One after another: the server's network takes one picture at a time, and its answers come in order.
let queue = Promise.resolve();
let model = null;

async function connect() {
  state.textContent = "Loading the network…";
  try {
    model = await fetchModel();
  } catch (problem) {
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

function add(pictures) {
  notice.textContent = "";
  const added = pictures.map((file) => {
    const card = new Card(file, { onRemove: () => remove(card), onRetry: () => enqueue(card) });
    shown.add(card);
    return card;
  });
  list.prepend(...added.map((card) => card.element));
  showResults();
  added.forEach(enqueue);
}

function enqueue(card) {
  card.showWaiting();
  queue = queue.then(() => check(card));
}

async function check(card) {
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
  } catch (problem) {
    // A fault of this page must not hold up the pictures that wait behind.
    if (!(problem instanceof Problem)) {
      console.error(problem);
    }
    if (problem.code === "unauthorized") {
      tokenForm.hidden = false;
    }
    card.showError(problem, model);
    spoken.textContent = `${card.name}: ${errorText(problem, model?.picture)}`;
  }
}

function remove(card) {
  const next = card.element.nextElementSibling ?? card.element.previousElementSibling;
  shown.delete(card);
  card.dispose();
  showResults();
  // Else the keyboard's place would be lost with the button.
  (next?.querySelector(".remove") ?? files).focus();
}

function showResults() {
  results.hidden = shown.size === 0;
  clear.hidden = shown.size < 2;
  intake.classList.toggle("small", shown.size > 0);
}

function take(transfer, complaint) {
  const given = [...(transfer?.files ?? [])];
  if (given.length > 0) {
    add(given);
  } else {
    notice.textContent = complaint;
  }
}

files.addEventListener("change", () => {
  add([...files.files]);
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
  connect();
});

// A server that was opened to other machines may be one of those.
if (!["localhost", "127.0.0.1", "[::1]"].includes(location.hostname)) {
  privacy.textContent = `The answer comes from the computer at ${location.hostname}; the picture goes there and nowhere else.`;
}

if (navigator.platform.startsWith("Mac")) {
  document.getElementById("paste-key").textContent = "⌘";
}

connect();
