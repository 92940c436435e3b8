import type { Answerer } from "../shared/answerer";
import type { Answered, Outcome } from "../shared/outcome";
import { inTurn } from "../shared/in-turn";
import { ask } from "./ask";
import { sha256 } from "../shared/sha256";
import { chosenSensitivity } from "../shared/sensitivity";
import { inOrder } from "./order";

// Far below session storage's 10 MB, whatever a report holds, and more faces than a person meets in a session.
const MOST_ANSWERS = 300;
const MOST_BYTES = 20_000;

const INDEX = "answers";
/** Of a question: sensitivity and SHA-256 of the picture. */
const key = (question: string): string => `answer:${question}`;

// Nobody but who asks for an answer waits until the last one is remembered; what could not be remembered is asked again.
const oneByOne = inTurn();

function known(question: string): Promise<Answered[]> {
  return oneByOne(
    async () => ((await chrome.storage.session.get(key(question)))[key(question)] as Answered[] | undefined) ?? [],
  );
}

async function remember(question: string, others: readonly Answered[], answer: Answered): Promise<void> {
  const { version, network } = answer.report.model;
  const kept = others.filter(({ report: { model } }) => model.version !== version || model.network !== network);
  const value = [...kept, { ...answer, serverFault: null }];
  if (JSON.stringify(value).length > MOST_BYTES) return;
  const index = ((await chrome.storage.session.get(INDEX))[INDEX] as string[] | undefined) ?? [];
  const order = [...index.filter((other) => other !== question), question];
  const surplus = order.splice(0, Math.max(0, order.length - MOST_ANSWERS));
  if (surplus.length > 0) await chrome.storage.session.remove(surplus.map(key));
  await chrome.storage.session.set({ [INDEX]: order, [key(question)]: value });
}

/**
 * Asks about a picture unless the one who would answer has answered before: the same bytes, the same bundle, the same
 * network and the same sensitivity give the same report.
 */
export async function askOnce(all: readonly Answerer[], picture: Uint8Array<ArrayBuffer>): Promise<Outcome> {
  const [answerers, sensitivity, hash] = await Promise.all([inOrder(all), chosenSensitivity(), sha256(picture)]);
  const question = `${sensitivity}:${hash}`;
  const answers = await known(question);
  // They did not even say who they are: no more time is lost on waiting for them alone.
  const silent: Answerer[] = [];
  if (answers.length > 0) {
    for (const answerer of answerers) {
      const who = await answerer.model();
      const same = answers.find(
        ({ by, report: { model } }) =>
          by === answerer.by && model.version === who?.version && model.network === who.network,
      );
      if (same) return same;
      if (who) break; // somebody else than last time would answer now
      silent.push(answerer);
    }
  }
  const outcome = await ask(answerers, picture, sensitivity, silent);
  if (outcome.kind === "report") {
    void oneByOne(() => remember(question, answers, outcome)).catch(() => undefined);
  }
  return outcome;
}
