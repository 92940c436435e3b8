import type { Answerer, Judge } from "../shared/answerer";
import { inTurn } from "../shared/in-turn";
import type { Report } from "../presentation/report.generated";
import type { Sensitivity } from "../shared/sensitivity";
import { shippedManifest } from "../shared/shipped";
import { Detector } from "./detector";

/** The detector in the page it is made in; loaded at the first picture, then kept. */
export class InBrowser implements Answerer {
  readonly by = "browser";
  private detector: Promise<Detector> | null = null;
  private readonly oneByOne = inTurn();

  private load(): Promise<Detector> {
    this.detector ??= Detector.load({
      bundle: chrome.runtime.getURL("bundle/"),
      wasm: chrome.runtime.getURL("wasm/"),
      credentials: {
        script: chrome.runtime.getURL("credentials.js"),
        wasm: chrome.runtime.getURL("wasm/credentials.wasm"),
      },
    }).catch((error: unknown) => {
      this.detector = null; // a passing fault, such as too little memory, must not last for ever
      throw error;
    });
    return this.detector;
  }

  /** One picture at a time: decoded pictures are large. */
  check(picture: Uint8Array<ArrayBuffer>, sensitivity: Sensitivity): Promise<Report> {
    return this.oneByOne(async () => (await this.load()).check(picture, sensitivity));
  }

  async model(): Promise<Judge> {
    const { version, roles } = await shippedManifest();
    return { version, network: roles.light };
  }
}
