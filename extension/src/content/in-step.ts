/** What is to be seen of the page: the window without its scroll bars. */
export interface Window {
  width: number;
  height: number;
}

/** Looks at the page and gives what is to be changed in it. */
export type Look = (seen: Window) => () => void;

const waiting = new Set<Look>();

function seenWindow(): Window {
  const { clientWidth, clientHeight } = document.documentElement;
  // Pages in quirks mode give the document's height instead.
  return { width: Math.min(innerWidth, clientWidth), height: Math.min(innerHeight, clientHeight) };
}

/**
 * Lets everybody look at the page before the next frame, and only then change it: each change between two looks would have the page laid
 * out anew, and a page may show a hundred badges. Asked twice, everybody looks once.
 */
export function inStep(look: Look): void {
  if (waiting.size === 0) {
    requestAnimationFrame(() => {
      const looks = [...waiting];
      waiting.clear();
      const seen = seenWindow();
      for (const change of looks.map((look) => look(seen))) change();
    });
  }
  waiting.add(look);
}
