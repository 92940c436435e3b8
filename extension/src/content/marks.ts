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

function frame(face: FaceReport, at: number): HTMLElement {
  const made = div(`frame ${toneOf(face.verdict)}`);
  const tag = div("tag");
  tag.append(sign(toneOf(face.verdict)), String(at + 1));
  made.append(tag);
  return made;
}

interface Mark {
  element: HTMLElement;
  where: Rectangle;
}

/** What is laid over the faces of a picture in the window: frames with a sign where there are several, heat maps if wished. */
export class Marks {
  readonly layer = div("marks");
  private readonly frames: Mark[];
  private heat: Mark[] = [];

  constructor(private readonly faces: readonly FaceReport[]) {
    // Decoration only: the details list the same faces in words.
    this.layer.setAttribute("aria-hidden", "true");
    this.frames = faces.length > 1 ? faces.map((face, at) => ({ element: frame(face, at), where: face.box })) : [];
    this.layer.append(...this.frames.map(({ element }) => element));
  }

  /** Lays the heat maps over the faces, below their frames, or takes them away. */
  showHeat(shown: boolean): void {
    for (const { element } of this.heat) element.remove();
    this.heat = shown
      ? this.faces.flatMap(({ heatmap, crop }) => (heatmap?.length ? [{ element: heatMap(heatmap), where: crop }] : []))
      : [];
    this.layer.prepend(...this.heat.map(({ element }) => element));
  }

  /** `inWindow` tells where a rectangle of the picture lies in the window. */
  move(inWindow: (where: Rectangle) => Area): void {
    for (const { element, where } of [...this.heat, ...this.frames]) lay(element, inWindow(where));
  }
}
