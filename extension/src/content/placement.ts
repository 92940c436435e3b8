export interface Area {
  x: number;
  y: number;
  width: number;
  height: number;
}

const GAP = 6;

function shared(a: Area, b: Area): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width > 0 && height > 0 ? width * height : 0;
}

function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(value, high));
}

/** Where the badge goes: beside the picture if the window has room there, else in the corner that hides least of the faces. */
export function place(
  badge: { width: number; height: number },
  picture: Area,
  window: { width: number; height: number },
  faces: readonly Area[],
): { x: number; y: number } {
  const rightmost = window.width - badge.width - GAP;
  const lowest = window.height - badge.height - GAP;
  const alongX = clamp(picture.x, GAP, rightmost);
  const alongY = clamp(picture.y, GAP, lowest);
  const below = picture.y + picture.height + GAP;
  const above = picture.y - badge.height - GAP;
  const right = picture.x + picture.width + GAP;
  const left = picture.x - badge.width - GAP;
  if (below <= lowest) return { x: alongX, y: Math.max(below, GAP) };
  if (above >= GAP) return { x: alongX, y: Math.min(above, lowest) };
  if (right <= rightmost) return { x: right, y: alongY };
  if (left >= GAP) return { x: left, y: alongY };

  const innerLeft = clamp(picture.x + GAP, GAP, rightmost);
  const innerRight = clamp(picture.x + picture.width - badge.width - GAP, GAP, rightmost);
  const innerTop = clamp(picture.y + GAP, GAP, lowest);
  const innerBottom = clamp(picture.y + picture.height - badge.height - GAP, GAP, lowest);
  const corners = [
    { x: innerLeft, y: innerBottom },
    { x: innerRight, y: innerBottom },
    { x: innerLeft, y: innerTop },
    { x: innerRight, y: innerTop },
  ];
  const hidden = corners.map((corner) => faces.reduce((sum, face) => sum + shared({ ...corner, ...badge }, face), 0));
  return corners[hidden.indexOf(Math.min(...hidden))];
}

/** The picture's own pixels as they are laid out in its box; `fit` is CSS object-fit. */
export function painted(box: Area, natural: { width: number; height: number }, fit: string): Area {
  if ((fit !== "contain" && fit !== "cover") || natural.width === 0 || natural.height === 0) return box;
  const ratios = [box.width / natural.width, box.height / natural.height];
  const scale = fit === "contain" ? Math.min(...ratios) : Math.max(...ratios);
  const width = natural.width * scale;
  const height = natural.height * scale;
  return { x: box.x + (box.width - width) / 2, y: box.y + (box.height - height) / 2, width, height };
}
