/** The pixels that a canvas or a video shows, as a data: URL; null where the page may not read them either. */
export function pixelsOf(element: Element): string | null {
  try {
    if (element.localName === "canvas") {
      const url = (element as HTMLCanvasElement).toDataURL();
      return url.startsWith("data:image/") ? url : null;
    }
    if (element.localName !== "video") return null;
    const video = element as HTMLVideoElement;
    if (video.videoWidth === 0 || video.readyState < HTMLMediaElement.HAVE_CURRENT_DATA) return null;
    const canvas = document.createElement("canvas");
    canvas.width = video.videoWidth;
    canvas.height = video.videoHeight;
    canvas.getContext("2d")?.drawImage(video, 0, 0);
    return canvas.toDataURL();
  } catch {
    return null; // another site's pixels
  }
}
