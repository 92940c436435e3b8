export interface Bands {
  real_below: number;
  fake_from: number;
}

// Log odds at the ends of the scale: 0.1 % and 99.9 %.
const SCALE_END = Math.log(999);

/**
 * Where a probability lies on the scale, from 0 to 1. By log odds: by probability, the bands of sure answers at both ends
 * would be too narrow to see where in them an answer lies.
 */
export function place(probability: number): number {
  const logOdds = Math.log(probability / (1 - probability));
  return (Math.min(Math.max(logOdds, -SCALE_END), SCALE_END) / SCALE_END + 1) / 2;
}

/** The shares of the scale that belong to each verdict, left to right; they sum to 1. */
export function zones({ real_below, fake_from }: Bands): Record<"real" | "uncertain" | "fake", number> {
  return { real: place(real_below), uncertain: place(fake_from) - place(real_below), fake: 1 - place(fake_from) };
}
