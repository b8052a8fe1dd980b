/** One thing that the quickstart tried, what it must come to and what it came to. */
export interface Finding {
  readonly what: string;
  readonly expected: string;
  readonly seen: string;
}

export function seen(what: string, expected: string, got: string): Finding {
  return { what, expected, seen: got };
}
