/** How well two sets of times can be told apart. */

export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** How often a value of `one` is above one of `other`: 0.5 when nobody can tell them apart. */
export function areaUnderCurve(one: readonly number[], other: readonly number[]): number {
  const ranked = [...one.map((value) => [value, 1] as const), ...other.map((value) => [value, 0] as const)].sort(
    (a, b) => a[0] - b[0],
  );
  let below = 0;
  let area = 0;
  for (const [, isOne] of ranked) {
    if (isOne === 1) area += below;
    else below += 1;
  }
  return area / (one.length * other.length);
}
