import type { Answerer } from "../shared/answerer";
import { answerOrder } from "../shared/storage";

/** Those who may answer, in the order that the person has chosen. */
export async function inOrder(answerers: readonly Answerer[]): Promise<Answerer[]> {
  const order = await answerOrder();
  const [server, browser] = (["server", "browser"] as const).map((who) => answerers.filter(({ by }) => by === who));
  if (order === "browser_only") return browser;
  return order === "browser" ? [...browser, ...server] : [...server, ...browser];
}
