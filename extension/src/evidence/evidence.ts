import { readMetadata } from "./containers";
import { judge } from "./credentials";
import { startsWith } from "./fields";
import type { CredentialsReader } from "./reader";
import { findMarkers, shown } from "./rules";
import { LIMITS, type Evidence, type Strength } from "./table";

const STRENGTHS: readonly Strength[] = ["conclusive", "strong", "weak"];

function mediaType(data: Uint8Array): string {
  if (startsWith(data, "\xff\xd8")) return "image/jpeg";
  if (startsWith(data, "\x89PNG")) return "image/png";
  if (startsWith(data, "RIFF")) return "image/webp";
  if (startsWith(data, "GIF8")) return "image/gif";
  return startsWith(data, "avif", 8) || startsWith(data, "avis", 8) ? "image/avif" : "image/heif";
}

async function credentials(data: Uint8Array<ArrayBuffer>, read: CredentialsReader): Promise<Evidence> {
  try {
    return judge((await read(data, mediaType(data))) as Record<string, unknown>);
  } catch (error) {
    const reason = shown(error instanceof Error ? error.message : String(error));
    return {
      code: "c2pa_unread",
      detail: `holds Content Credentials, which were not read: ${reason}`,
      proves: "nothing",
      strength: "weak",
    };
  }
}

/** The markers in a picture's file, the strongest first. Never throws: metadata may hold anything. */
export async function findEvidence(data: Uint8Array<ArrayBuffer>, read: CredentialsReader): Promise<Evidence[]> {
  const metadata = await readMetadata(data);
  const found = metadata.hasManifest ? [await credentials(data, read)] : [];
  for (const evidence of findMarkers(metadata)) {
    if (!found.some(({ code }) => code === evidence.code)) found.push(evidence);
  }
  const ordered = STRENGTHS.flatMap((strength) => found.filter((evidence) => evidence.strength === strength));
  return ordered.slice(0, LIMITS.markers);
}

/**
 * The verdict that a conclusive marker decides, if there is one. A picture that is signed as edited may still show a
 * photographed face or a generated one: that is for the network.
 */
export function verdictOf(evidence: readonly Evidence[]): "fake" | "real" | null {
  const proved = evidence.filter(({ strength }) => strength === "conclusive").map(({ proves }) => proves);
  if (proved.includes("generated")) return "fake";
  return proved.includes("photographed") ? "real" : null;
}
