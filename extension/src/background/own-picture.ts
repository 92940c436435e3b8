import type { AnsweredBy, Answerer } from "../shared/answerer";
import { fromDataUrl } from "../shared/data-url";
import type { Outcome } from "../shared/outcome";
import { rememberRecent } from "../shared/recent";
import { chosenSensitivity } from "../shared/sensitivity";
import { ask } from "./ask";
import { outcomeOfBytes } from "./outcome-of";

/** What a picture that the person has handed over comes to. */
export async function checkOwn(picture: string, name: string, answerers: readonly Answerer[]): Promise<Outcome> {
  const outcome = await outcomeOfBytes(await fromDataUrl(picture), answerers);
  await rememberRecent(name, outcome);
  return outcome;
}

/** What one of those who may answer makes of a picture now, whoever is asked first otherwise. */
export async function tryOut(by: AnsweredBy, picture: string, answerers: readonly Answerer[]): Promise<Outcome> {
  const asked = answerers.filter((answerer) => answerer.by === by);
  return ask(asked, await fromDataUrl(picture), await chosenSensitivity());
}
