import type { Bands } from "../presentation/meter";
import type { ModelInfo } from "../presentation/report.generated";
import { shippedManifest } from "../shared/shipped";

/** The bands that a verdict was given by; null for a server with another bundle than the extension was built with. */
export async function bandsOf({ version, network }: ModelInfo): Promise<Bands | null> {
  const shipped = await shippedManifest();
  return shipped.version === version ? (shipped.networks[network]?.bands ?? null) : null;
}
