// Method resolution order (C3, as CPython computes it) over classes that are partly outside of the project.

/** The linearization of `id`; a depth-first order where C3 has no answer. Names without known bases are leaves. */
export function linearize(
  id: string,
  basesOf: (id: string) => readonly string[],
  memo: Map<string, readonly string[]>,
  open: ReadonlySet<string> = new Set(),
): readonly string[] {
  const known = memo.get(id);
  if (known) return known;
  if (open.has(id)) return [id];
  const within = new Set([...open, id]);
  const bases = [...new Set(basesOf(id))];
  const parents = bases.map((base) => linearize(base, basesOf, memo, within));
  const order = [id, ...(merge([...parents, bases]) ?? new Set(parents.flat()))];
  const answer = order.filter((each, index) => index === 0 || each !== id);
  memo.set(id, answer);
  return answer;
}

function merge(lists: readonly (readonly string[])[]): readonly string[] | null {
  const order: string[] = [];
  let rest = lists.filter((list) => list.length > 0);
  while (rest.length > 0) {
    const head = rest
      .map((list) => list[0] ?? '')
      .find((candidate) => rest.every((list) => list.indexOf(candidate) <= 0));
    if (head === undefined) return null;
    order.push(head);
    rest = rest
      .map((list) => (list[0] === head ? list.slice(1) : list))
      .filter((list) => list.length > 0);
  }
  return order;
}
