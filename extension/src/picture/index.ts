import { say } from "../presentation/messages";
import { byId } from "../shared/dom";
import { fillPage } from "../shared/language";
import { ownPicture } from "../shared/own-picture";

void fillPage().then(() => {
  document.title = say("own_title");
  byId("own", HTMLElement).append(ownPicture({ chooses: true }));
});
