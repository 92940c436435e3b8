import { shippedManifest } from "./shipped";

/** How readily a face is called fake. What each does is measured, and stands in the bundle's manifest. */
export const SENSITIVITIES = ["strict", "usual", "eager"] as const;

export type Sensitivity = (typeof SENSITIVITIES)[number];

const SENSITIVITY = "sensitivity";

/** Those that a network of the bundle was measured at. */
export async function offeredSensitivities(): Promise<readonly Sensitivity[]> {
  const { roles, networks } = await shippedManifest();
  const measured = Object.values(roles).some((name) => networks[name].sensitivities);
  return measured ? SENSITIVITIES : ["usual"];
}

/** What is asked of the server: its network may lack what the browser's was measured at. */
export async function sensitivityForServer(chosen: Sensitivity): Promise<Sensitivity> {
  if (chosen === "usual") return chosen;
  const { roles, networks } = await shippedManifest();
  return networks[roles.strong].sensitivities ? chosen : "usual";
}

/** The person's choice, as long as the bundle has it. */
export async function chosenSensitivity(): Promise<Sensitivity> {
  const { [SENSITIVITY]: stored } = await chrome.storage.local.get(SENSITIVITY);
  if (stored === undefined) return "usual";
  return (await offeredSensitivities()).find((offered) => offered === stored) ?? "usual";
}

export async function chooseSensitivity(sensitivity: Sensitivity): Promise<void> {
  await chrome.storage.local.set({ [SENSITIVITY]: sensitivity });
}
