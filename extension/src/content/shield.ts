/** Gives a shadow root its style sheet. */
export function dressed(root: ShadowRoot, style: string): void {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(style);
    root.adoptedStyleSheets = [sheet];
  } catch {
    // Firefox keeps content scripts from constructed style sheets.
    const tag = document.createElement("style");
    tag.textContent = style;
    root.append(tag);
  }
}

/** The page's style sheets cannot overrule declarations in the style attribute that are marked important. */
export function shield(host: HTMLElement): void {
  const rules = {
    all: "initial",
    // Which "all" leaves out.
    direction: "ltr",
    "unicode-bidi": "isolate",
    display: "block",
    position: "fixed",
    inset: "0 auto auto 0",
    margin: "0",
    padding: "0",
    border: "0",
    background: "transparent",
    overflow: "visible",
    "z-index": "2147483647",
    "pointer-events": "none",
  };
  for (const [property, value] of Object.entries(rules)) host.style.setProperty(property, value, "important");
}
