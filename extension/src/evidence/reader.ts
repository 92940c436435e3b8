import type { CredentialsRead, ReadCredentials } from "./credentials-worker";
import { LIMITS } from "./table";

export interface CredentialsFiles {
  /** Address of the reader's script. */
  script: string;
  /** Address of its WebAssembly. */
  wasm: string;
}

/** Reads the manifest store of a picture; throws an error that says in words why it could not be read. */
export type CredentialsReader = (picture: Uint8Array<ArrayBuffer>, mediaType: string) => Promise<unknown>;

/** The official reader, in a worker that lives no longer than it is needed or allowed. */
export function credentialsReader({ script, wasm }: CredentialsFiles): CredentialsReader {
  return async (picture, mediaType) => {
    const worker = new Worker(script);
    let timer: ReturnType<typeof setTimeout> | undefined;
    try {
      const answer = await new Promise<CredentialsRead>((resolve, reject) => {
        timer = setTimeout(() => reject(new Error("they took too long")), LIMITS.credentials_seconds * 1000);
        worker.onmessage = ({ data }: MessageEvent<CredentialsRead>) => resolve(data);
        worker.onerror = () => reject(new Error("the reader failed"));
        worker.postMessage({ picture, mediaType, wasm } satisfies ReadCredentials);
      });
      if ("fault" in answer) throw new Error(`they are damaged (${answer.fault})`);
      if (answer.store.length > LIMITS.credentials_characters) throw new Error("they are too large");
      return JSON.parse(answer.store) as unknown;
    } finally {
      clearTimeout(timer);
      worker.terminate();
    }
  };
}
