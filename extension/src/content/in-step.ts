const waiting = new Set<() => () => void>();

/**
 * Lets everybody look at the page before the next frame, and only then change it: each change between two looks would have the page laid
 * out anew, and a page may show a hundred badges. `look` gives the change; asked twice, it looks once.
 */
export function inStep(look: () => () => void): void {
  if (waiting.size === 0) {
    requestAnimationFrame(() => {
      const looks = [...waiting];
      waiting.clear();
      for (const change of looks.map((look) => look())) change();
    });
  }
  waiting.add(look);
}
