import { findEvidence, verdictOf } from "../evidence/evidence";
import { credentialsReader, type CredentialsFiles, type CredentialsReader } from "../evidence/reader";
import type { FaceReport, Report, Warning } from "../presentation/report.generated";
import type { Sensitivity } from "../shared/sensitivity";
import { sha256 } from "../shared/sha256";
import { checkedFetch } from "./bundle-files";
import { cropSquare } from "./crop";
import { canvasIsTrue, decode } from "./decode";
import { turn, turnsOf, type Face } from "./faces";
import { heatRows } from "./heat-rows";
import { readManifest, type Manifest, type Network } from "./manifest";
import { cut, type Pixels } from "./pixels";
import { resize } from "./resize";
import { Graph, onWasm } from "./runtime";
import { findFaces, type Search } from "./search";
import { bestFace, selfCheck, type ReadFile } from "./self-check";
import { faceWarnings, isTilted, middle } from "./trust";
import { bandsAt, faceVerdicts, pictureVerdict, probabilityFake, type Judged } from "./verdict";

function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

function rounded(probability: number): number {
  return Math.round(probability * 10000) / 10000;
}

export interface Places {
  /** Folder of the bundle, ending with a slash. */
  bundle: string;
  /** Folder of the .wasm files, ending with a slash. */
  wasm: string;
  credentials: CredentialsFiles;
}

/** A face on its way into the report. */
interface Found {
  seen: Pick<FaceReport, "box" | "crop" | "score">;
  judged: Judged;
  heatmap?: FaceReport["heatmap"];
  warnings: Warning[];
}

/** The bundle's light network on TensorFlow.js: picture bytes in, report out, the same as the server's. */
export class Detector {
  private constructor(
    private readonly manifest: Manifest,
    private readonly name: string,
    private readonly network: Network,
    private readonly faceGraph: Graph,
    private readonly networkGraph: Graph,
    private readonly threads: number,
    private readonly readCredentials: CredentialsReader,
  ) {}

  /** Throws when this browser computes other numbers than the ones the bundle was released with. */
  static async load({ bundle, wasm, credentials }: Places): Promise<Detector> {
    const manifest = await readManifest(bundle);
    if (!(await canvasIsTrue())) throw new Error("this browser alters the pixels that extensions read");
    const name = manifest.roles.light;
    const network = manifest.networks[name];
    const reader = credentialsReader(credentials);
    const read = checkedFetch(bundle, manifest);
    return onWasm(wasm, async (threads) => {
      const [faceGraph, networkGraph] = await Promise.all([
        Graph.load(bundle, manifest.face_detector.files.tfjs, read),
        Graph.load(bundle, network.files.tfjs, read),
      ]);
      const detector = new Detector(manifest, name, network, faceGraph, networkGraph, threads, reader);
      await detector.selfCheck(async (path) => new Uint8Array(await (await read(bundle + path)).arrayBuffer()));
      return detector;
    });
  }

  private async selfCheck(read: ReadFile): Promise<void> {
    const { name: faceName, input_size: faceSize, golden: faces } = this.manifest.face_detector;
    await selfCheck(faceName, faceSize, { ...faces, answers: [faces.faces.tfjs] }, read, async (input) =>
      bestFace(await this.faceGraph.run(input, faceSize, "faces"), faces.faces.tfjs.length),
    );
    const { input_size: size, golden } = this.network;
    const answers = golden.logits.tfjs.map((logit) => [logit]);
    await selfCheck(this.name, size, { ...golden, answers }, read, async (input) => [await this.logit(input)]);
  }

  private async logit(input: Float32Array): Promise<number> {
    return (await this.networkGraph.run(input, this.network.input_size, "logit"))[0];
  }

  private findFaces(picture: Pixels): Promise<Search> {
    const { face_detector: rule } = this.manifest;
    const graph = (input: Float32Array) => this.faceGraph.run(input, rule.input_size, "faces");
    return findFaces(picture, graph, rule, this.smallest);
  }

  private async judge(picture: Pixels, face: Face): Promise<Found> {
    const { box } = face;
    const { crop, trust } = this.manifest;
    const turns = turnsOf(face);
    const square = cropSquare(box, picture.width, picture.height, crop, turns);
    const { left, top, side } = square;
    const found: Found = {
      seen: {
        box: [tenth(box.x), tenth(box.y), tenth(box.width), tenth(box.height)],
        crop: [left, top, side, side],
        score: rounded(box.score),
      },
      judged: { probability: null, tilted: isTilted(face, this.network), drawn: false },
      warnings: [],
    };
    if (side < crop.min_side) return found;
    const size = this.network.input_size;
    const upright = turn(cut(picture, left, top, side, side), turns);
    const input = resize(upright, size, size);
    const { calibration } = this.network;
    const [logit, local, drawn] = await this.networkGraph.runFor(Float32Array.from(input.data), size, [
      "logit",
      "local_logits",
      // Not every network can tell.
      ...("drawn" in this.network.files.tfjs.outputs ? ["drawn"] : []),
    ]);
    found.judged.probability = probabilityFake(logit[0], calibration);
    found.judged.drawn = drawn?.[0] > 0;
    found.heatmap = heatRows(local, turns).map((row) => row.map((cell) => rounded(probabilityFake(cell, calibration))));
    found.warnings = faceWarnings(
      face,
      square,
      input,
      middle(upright, trust.middle_side),
      picture,
      trust,
      this.network,
    );
    if (found.judged.drawn) {
      const detail = "a face looks drawn, painted or modelled, not photographed: it gets no verdict";
      found.warnings.unshift({ code: "drawn", detail });
    }
    return found;
  }

  /** The longer side, in pixels, of the smallest box whose crop is large enough to be judged. */
  private get smallest(): number {
    return this.manifest.crop.min_side / this.manifest.crop.scale;
  }

  private pictureWarnings(faces: FaceReport[], { finished, smallest }: Search): Warning[] {
    const warnings: Warning[] = [];
    const judged = faces.filter(({ probability_fake: probability }) => probability !== null).length;
    if (judged > 1) {
      const detail = `${judged} faces were judged: one must be that much more suspicious to be called fake`;
      warnings.push({ code: "several_faces", detail });
    }
    const { max_seconds: seconds, max_candidates: places } = this.manifest.face_detector.search;
    if (!finished) {
      const detail = `the search stopped after ${seconds} seconds or ${places} places that could be faces: faces may be missing`;
      warnings.push({ code: "search_stopped", detail });
    } else if (smallest > this.smallest) {
      const detail = `the picture is so large that faces under ${Math.ceil(smallest)} pixels were not looked for`;
      warnings.push({ code: "search_stopped", detail });
    }
    return warnings;
  }

  /** Throws PictureError for a picture that cannot be judged. */
  async check(bytes: Uint8Array<ArrayBuffer>, sensitivity: Sensitivity): Promise<Report> {
    const start = performance.now();
    const picture = await decode(bytes, this.manifest.picture);
    const decoded = performance.now();
    // Content Credentials are read by a worker while this thread looks for faces.
    const reading = findEvidence(bytes, this.readCredentials);
    const search = await this.findFaces(picture);
    const found = performance.now();
    const all: Found[] = [];
    for (const face of search.faces) all.push(await this.judge(picture, face));
    const verdicts = faceVerdicts(
      all.map(({ judged }) => judged),
      bandsAt(this.network, sensitivity),
    );
    const faces = all.map(({ seen, judged: { probability }, heatmap }, at): FaceReport => ({
      ...seen,
      verdict: verdicts[at],
      probability_fake: probability === null ? null : rounded(probability),
      ...(heatmap && { heatmap }),
    }));
    const judged = performance.now();
    const evidence = await reading;
    const decided = verdictOf(evidence);

    return {
      ...pictureVerdict(faces),
      ...(decided && { verdict: decided }),
      verdict_by: decided ? "evidence" : "network",
      faces,
      evidence,
      warnings: [
        ...picture.warnings,
        ...all.flatMap(({ warnings }) => warnings),
        ...this.pictureWarnings(faces, search),
      ],
      image: { width: picture.width, height: picture.height, format: picture.format, sha256: await sha256(bytes) },
      model: {
        name: this.manifest.name,
        version: this.manifest.version,
        network: this.name,
        runtime: "tfjs-wasm",
        device: `CPU: WebAssembly${this.threads > 1 ? `, ${this.threads} threads` : ""}`,
      },
      milliseconds: {
        decode: tenth(decoded - start),
        faces: tenth(found - decoded),
        network: tenth(judged - found),
        total: tenth(performance.now() - start),
      },
    };
  }
}
