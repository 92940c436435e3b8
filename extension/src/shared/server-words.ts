import { say } from "../presentation/messages";
import type { ServerState } from "./messages";

/** The server's state as a person understands it. */
export function serverWords(state: ServerState): string {
  switch (state.kind) {
    case "ready":
      return say("server_ready", [state.name, state.version, state.device].filter(Boolean).join(", "));
    case "not_ready":
      return say("server_not_ready", state.address, state.detail);
    case "wrong":
      return say(...state.why);
    case "away":
      return say("server_not_running");
  }
}
