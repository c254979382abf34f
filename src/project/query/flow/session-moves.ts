// The session of a query as it is known after the query has gone into a function, out of one, into an object or out of one. It spells no names.
import type { Binding } from '../../../binder/scope.ts';
import { dottedParts } from '../../../python/calls.ts';
import type { PyNode } from '../../../python/tree.ts';
import type { Facts } from '../../facts.ts';
import type { FunctionSource } from '../../infer/tracer.ts';
import { memberHolding } from './members.ts';
import { handedOn } from './own-session.ts';
import { bindingsAt, rootOf, unreachable, type FlowSession } from './session.ts';

/** The session as the function that is called knows it: as a parameter, or as an attribute of one. */
export function sessionInside(
  session: FlowSession,
  passed: ReadonlyMap<Binding, PyNode | null>,
  receiver: { readonly binding: Binding; readonly node: PyNode } | null,
  call: PyNode,
  callee: FunctionSource,
  facts: Facts,
): FlowSession {
  if (session.kind === 'lost' || session.own) return handedOn(session);
  if (!session.local) return session;
  const { local } = session;
  const withoutLocal: FlowSession = session.holder
    ? { ...session, local: null }
    : {
        kind: 'lost',
        why: `the session, \`${local.text}\`, is not known in \`${callee.name}()\`; pass it along`,
      };
  if (unreachable(local, call, facts) !== null) return withoutLocal;
  const known = [...passed].flatMap(([binding, node]) => (node ? [{ binding, node }] : []));
  for (const { binding, node } of receiver ? [...known, receiver] : known) {
    const rest = local.text === node.text ? '' : local.text.slice(node.text.length);
    const isPart = local.text === node.text || local.text.startsWith(`${node.text}.`);
    if (!isPart || !dottedParts(node) || binding.scope.bindings.get(binding.name)?.length !== 1)
      continue;
    return {
      ...session,
      local: {
        module: callee.module,
        text: `${binding.name}${rest}`,
        root: binding.name,
        scope: binding.scope,
        bindings: [binding],
        at: callee.node,
      },
    };
  }
  return withoutLocal;
}

/** The session of a query that a function returns, as what its callers give it. */
export function sessionOfResult(
  session: FlowSession,
  parameters: readonly Binding[],
  callee: FunctionSource,
): FlowSession {
  if (session.kind === 'lost' || session.own) return handedOn(session);
  if (!session.local) return session;
  const { local } = session;
  if (local.scope.kind === 'module') return session;
  const [binding, ...more] = local.bindings;
  const position = binding && more.length === 0 ? parameters.indexOf(binding) : -1;
  const isPlain = local.text === local.root || local.text.startsWith(`${local.root}.`);
  if (position >= 0 && isPlain)
    return {
      ...session,
      local: null,
      given: { position, rest: local.text.slice(local.root.length) },
    };
  return session.holder
    ? { ...session, local: null }
    : {
        kind: 'lost',
        why: `\`${callee.name}()\` makes it with a session of its own (\`${local.text}\`), which its callers do not have; pass the session to it`,
      };
}

/** The session as the caller of the function that returns the query knows it: `passed` tells what was given at a position. */
export function sessionOutside(
  session: FlowSession,
  passed: (position: number) => PyNode | null,
  call: PyNode,
  callee: FunctionSource,
  facts: Facts,
): FlowSession {
  if (session.kind === 'lost') return session;
  const { local, given, holder } = session;
  if (local && local.module !== facts.module)
    return holder ? { ...session, local: null } : lostIn(callee);
  if (!given) return session;
  const node = passed(given.position);
  const root = node && dottedParts(node) ? rootOf(node, facts) : null;
  const place = root && facts.binding.lookup(root.text, root);
  if (!node || !root || !place) return holder ? { ...session, given: null } : lostIn(callee);
  return {
    ...session,
    given: null,
    local: {
      module: facts.module,
      text: `${node.text}${given.rest}`,
      root: root.text,
      scope: place.scope,
      bindings: bindingsAt(place.scope, place.bindings, call, facts.binding),
      at: call,
    },
  };
}

function lostIn(callee: FunctionSource): FlowSession {
  return {
    kind: 'lost',
    why: `the session with which \`${callee.name}()\` makes it is not known here; keep it in a variable`,
  };
}

/** The session of a query that is kept in an attribute, as what the same object has. */
export function sessionOfObject(
  session: FlowSession,
  object: PyNode,
  at: PyNode,
  facts: Facts,
): FlowSession {
  if (session.kind === 'lost' || session.own) return handedOn(session);
  if (!session.local) return session;
  const { local } = session;
  const owner = object.text;
  const member =
    unreachable(local, at, facts) !== null
      ? null
      : local.text.startsWith(`${owner}.`)
        ? local.text.slice(owner.length)
        : memberHolding(local.text, at, facts);
  if (member !== null && isConstant(member, object, facts))
    return { ...session, local: null, member };
  return session.holder
    ? { ...session, local: null }
    : {
        kind: 'lost',
        why: `its session, \`${local.text}\`, is not kept with it; keep it in an attribute too`,
      };
}

/** Whether only the constructor sets the attribute. */
function isConstant(member: string, object: PyNode, { infer, index }: Facts): boolean {
  const name = member.slice(1).split('.')[0] ?? '';
  const value = infer(object)?.value;
  const owner = value?.kind === 'instance' ? index.classById(value.of) : null;
  if (!owner) return false;
  const classes = [owner, ...index.ancestors(owner), ...index.descendants(owner)];
  return classes.every(
    (each) =>
      each === null ||
      typeof each === 'string' ||
      (index.settingsOfSelf(each).get(name) ?? []).every(
        ({ source }) => source.name === '__init__',
      ),
  );
}

/** The session of a query that is read from an attribute, as an attribute of the same object. */
export function sessionThrough(
  session: FlowSession,
  object: PyNode,
  at: PyNode,
  facts: Facts,
): FlowSession {
  if (session.kind === 'lost' || session.member === null) return session;
  const root = dottedParts(object) ? rootOf(object, facts) : null;
  const place = root && facts.binding.lookup(root.text, root);
  if (!root || !place) {
    if (session.holder) return session;
    return { kind: 'lost', why: `keep \`${object.text}\` in a variable` };
  }
  return {
    ...session,
    member: null,
    local: {
      module: facts.module,
      text: `${object.text}${session.member}`,
      root: root.text,
      scope: place.scope,
      bindings: bindingsAt(place.scope, place.bindings, at, facts.binding),
      at,
    },
  };
}
