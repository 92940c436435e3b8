import { bandsAt } from "../detector/verdict";
import type { Bands } from "../presentation/meter";
import type { ModelInfo } from "../presentation/report.generated";
import type { Sensitivity } from "../shared/sensitivity";
import { shippedManifest } from "../shared/shipped";

/** The bands that a verdict was given by; null for a server with another bundle than the extension was built with. */
export async function bandsOf({ version, network }: ModelInfo, sensitivity: Sensitivity): Promise<Bands | null> {
  const { version: shipped, networks } = await shippedManifest();
  return shipped === version && network in networks ? bandsAt(networks[network], sensitivity) : null;
}
