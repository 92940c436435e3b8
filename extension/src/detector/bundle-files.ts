import { sha256 } from "../shared/sha256";
import { BundleError, type Manifest } from "./manifest";

/**
 * Reads a bundle's files, each checked against what the manifest says of it; `folder` ends with a slash, and addresses begin
 * with it. What it gives throws BundleError.
 */
export function checkedFetch(folder: string, { files }: Pick<Manifest, "files">): typeof fetch {
  return async (address) => {
    const name = (address as string).slice(folder.length);
    const bytes = await (await fetch(address)).arrayBuffer();
    if ((await sha256(bytes)) !== files[name]?.sha256)
      throw new BundleError(`${name} in the extension is not the file that its bundle's manifest describes`);
    return new Response(bytes);
  };
}
