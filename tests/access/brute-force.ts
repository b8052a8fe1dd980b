/**
 * The rules of admission written out a second time, as plainly as can be, and a search that tries every set of edits by
 * growing size: the judge of `smallestChange`. Shares no code with it; knows names `domain\name` and bare ones only.
 */

/** A small world: everything in it is a list of `domain\name`, deny lists and mappings hold bare names as well. */
export interface World {
  readonly groups: readonly string[];
  readonly authorized: readonly string[];
  readonly unauthorized: readonly string[];
  readonly required: readonly string[];
  /** Role and the group that gives it, or `user` for the one who asks. */
  readonly mappings: readonly (readonly [role: string, group: string])[];
}

/** A kind of edit, and the world after it. */
type Step = readonly [kind: string, apply: (world: World) => World];

export const DOMAINS = ['campus', 'local'];

export function isPermitted({ groups, authorized, unauthorized, required, mappings }: World): boolean {
  const isIn = (item: string) => groups.some((group) => group === item || group.split('\\')[1] === item);
  return (
    !unauthorized.some(isIn) &&
    (authorized.length === 0 || authorized.some(isIn)) &&
    required.every((role) => mappings.some(([given, group]) => given === role && (group === 'user' || isIn(group))))
  );
}

/**
 * Every edit there is in a world whose groups are those that the rule and its roles mention. A bare name may be meant of
 * either domain.
 */
function steps(world: World): Step[] {
  const mapped = world.mappings.filter(([role]) => world.required.includes(role)).map(([, group]) => group);
  const mentioned = new Set(
    [...world.groups, ...world.authorized, ...world.unauthorized, ...mapped]
      .filter((name) => name !== 'user')
      .flatMap((name) => (name.includes('\\') ? [name] : DOMAINS.map((domain) => `${domain}\\${name}`))),
  );
  const lists = ['authorized', 'unauthorized'] as const;
  return [
    ...[...mentioned].map(
      (name): Step =>
        world.groups.includes(name)
          ? ['remove-membership', (w) => ({ ...w, groups: w.groups.filter((group) => group !== name) })]
          : ['add-membership', (w) => ({ ...w, groups: [...w.groups, name] })],
    ),
    ...world.required.map(
      (role): Step => ['add-role-mapping', (w) => ({ ...w, mappings: [...w.mappings, [role, 'user']] })],
    ),
    ...lists.flatMap((list) => [
      ...[...mentioned].map((name): Step => [`add-list-item ${list}`, (w) => ({ ...w, [list]: [...w[list], name] })]),
      ...world[list].map(
        (item): Step => [
          `remove-list-item ${list}`,
          (w) => ({ ...w, [list]: w[list].filter((other) => other !== item) }),
        ],
      ),
    ]),
  ];
}

/** The kinds of edits of every smallest change up to `limit` edits; empty when there is none. */
export function smallestChanges(world: World, wanted: boolean, limit: number): string[][] {
  const all = steps(world);
  for (let size = 0; size <= limit; size += 1) {
    const found: string[][] = [];
    choose(all, size, 0, world, [], (kinds, edited) => {
      if (isPermitted(edited) === wanted) found.push(kinds);
    });
    if (found.length > 0) return found;
  }
  return [];
}

function choose(
  all: readonly Step[],
  size: number,
  from: number,
  world: World,
  kinds: readonly string[],
  visit: (kinds: string[], world: World) => void,
): void {
  if (size === 0) visit([...kinds], world);
  else {
    for (let index = from; index <= all.length - size; index += 1) {
      const [kind, apply] = all[index]!;
      choose(all, size - 1, index + 1, apply(world), [...kinds, kind], visit);
    }
  }
}
