import init, { WasmReader } from "@contentauth/c2pa-wasm";
import { certificates, key_usages } from "../../../fake_image_detection/evidence/trust_list.json";
import { READER_SETTINGS } from "./table";

// A worker of its own: a manifest comes from strangers and may keep its reader busy, and nine megabytes of code are only
// held while they are needed.

export interface ReadCredentials {
  picture: Uint8Array<ArrayBuffer>;
  mediaType: string;
  /** Address of the reader's WebAssembly. */
  wasm: string;
}

export type CredentialsRead = { store: string } | { fault: string };

const settings = {
  ...READER_SETTINGS,
  trust: { trust_anchors: certificates.join("\n"), trust_config: key_usages.join("\n") },
};

async function read({ picture, mediaType, wasm }: ReadCredentials): Promise<CredentialsRead> {
  try {
    await init({ module_or_path: await (await fetch(wasm)).arrayBuffer() });
    const reader = await WasmReader.fromBytes(mediaType, picture, JSON.stringify(settings));
    return { store: reader.json() };
  } catch (error) {
    return { fault: String(error) };
  }
}

self.onmessage = ({ data }: MessageEvent<ReadCredentials>): void => {
  void read(data).then((answer) => self.postMessage(answer));
};
