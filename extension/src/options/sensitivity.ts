import type { Network } from "../detector/manifest";
import { rate, say } from "../presentation/messages";
import { made } from "../shared/dom";
import { chooseSensitivity, chosenSensitivity, offeredSensitivities, type Sensitivity } from "../shared/sensitivity";
import { shippedManifest } from "../shared/shipped";

function measured(role: "strong" | "light", network: Network, sensitivity: Sensitivity): HTMLElement {
  const figures = network.sensitivities?.[sensitivity].figures;
  if (!figures) return made("p", say(`sensitivity_unmeasured_${role}`), "small");
  const { real_called_fake: called, real_called_fake_upper_bound: limit } = figures;
  const { real_called_uncertain: doubted, fake_called_fake: found } = figures;
  return made("p", say(`sensitivity_by_${role}`, rate(called), rate(limit), rate(doubted), rate(found)), "small");
}

/** A choice for each sensitivity with what it was measured to do; the section stays hidden where there is but one. */
export async function showSensitivities(section: HTMLElement): Promise<void> {
  const offered = await offeredSensitivities();
  section.hidden = offered.length < 2;
  const { roles, networks } = await shippedManifest();
  const chosen = await chosenSensitivity();
  const choices = offered.flatMap((sensitivity) => {
    const choice = document.createElement("input");
    choice.type = "radio";
    choice.name = "sensitivity";
    choice.value = sensitivity;
    choice.checked = sensitivity === chosen;
    choice.addEventListener("change", () => void chooseSensitivity(sensitivity));
    const label = made("label", "", "switch");
    label.append(choice, made("span", say(`sensitivity_${sensitivity}`)));
    const figures = (["strong", "light"] as const).map((role) => measured(role, networks[roles[role]], sensitivity));
    return [label, ...figures];
  });
  section.querySelector(".choices")?.replaceChildren(...choices);
}
