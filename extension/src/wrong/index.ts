import { say } from "../presentation/messages";
import { byId } from "../shared/dom";
import { fillPage } from "../shared/language";
import { complaint } from "../shared/storage";

const text = byId("text", HTMLTextAreaElement);
const state = byId("state", HTMLElement);

byId("copy", HTMLButtonElement).addEventListener("click", () => {
  void navigator.clipboard.writeText(text.value).then(() => (state.textContent = say("copied")));
});
void fillPage().then(async () => {
  document.title = say("wrong_title");
  text.value = say("wrong_form", (await complaint()) ?? "");
});
