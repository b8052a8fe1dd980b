/**
 * memoize keeps the answers of a pure function of a string, up to a number of entries.
 *
 * Header names and hosts repeat by the million, but a client can also invent new ones without end: when the map
 * is full it is emptied, which is cheap and keeps memory bounded; long keys are never kept.
 */
const LONGEST_KEY = 256;

export function memoize<Value>(limit: number, compute: (key: string) => Value): (key: string) => Value {
  const known = new Map<string, Value>();
  return (key) => {
    const kept = known.get(key);
    if (kept !== undefined) return kept;
    const value = compute(key);
    if (key.length <= LONGEST_KEY) {
      if (known.size >= limit) known.clear();
      known.set(key, value);
    }
    return value;
  };
}
