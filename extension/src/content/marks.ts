import { heatPixels } from "../presentation/heat";
import type { FaceReport, Rectangle } from "../presentation/report.generated";
import { sign } from "../presentation/sign";
import { toneOf } from "../presentation/words";
import type { Area } from "./placement";

function div(className: string): HTMLElement {
  const made = document.createElement("div");
  made.className = className;
  return made;
}

function lay(element: HTMLElement, { x, y, width, height }: Area): void {
  element.style.transform = `translate(${x}px, ${y}px)`;
  element.style.width = `${width}px`;
  element.style.height = `${height}px`;
}

function heatMap(rows: NonNullable<FaceReport["heatmap"]>): HTMLCanvasElement {
  const { width, height, data } = heatPixels(rows);
  const canvas = document.createElement("canvas");
  canvas.className = "heat";
  canvas.width = width;
  canvas.height = height;
  canvas.getContext("2d")?.putImageData(new ImageData(data, width, height), 0, 0);
  return canvas;
}

/** What is laid over the faces of a picture in the window: frames with a sign where there are several, heat maps if wished. */
export class Marks {
  readonly layer = div("marks");
  private readonly laid: { element: HTMLElement; where: Rectangle }[] = [];

  constructor(faces: readonly FaceReport[]) {
    // Decoration only: the details list the same faces in words.
    this.layer.setAttribute("aria-hidden", "true");
    for (const [at, face] of faces.entries()) {
      if (face.heatmap?.length) this.add(heatMap(face.heatmap), face.crop);
      if (faces.length > 1) this.add(this.frame(face, at), face.box);
    }
  }

  /** `inWindow` tells where a rectangle of the picture lies in the window. */
  move(inWindow: (where: Rectangle) => Area): void {
    for (const { element, where } of this.laid) lay(element, inWindow(where));
  }

  private frame(face: FaceReport, at: number): HTMLElement {
    const frame = div(`frame ${toneOf(face.verdict)}`);
    const tag = div("tag");
    tag.append(sign(toneOf(face.verdict)), String(at + 1));
    frame.append(tag);
    return frame;
  }

  private add(element: HTMLElement, where: Rectangle): void {
    this.layer.append(element);
    this.laid.push({ element, where });
  }
}
