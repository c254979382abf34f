// What create_engine() makes of its options: they choose the class of the engine.
import { stringValue } from '../../python/strings.ts';
import { callArguments } from './arguments.ts';
import type { CallSite } from './tracer.ts';

/** The class that a call of create_engine() gives where an option chooses it, `null` for the usual one. */
export function engineClass(name: string, site: CallSite | null): string | null {
  if (name !== 'sqlalchemy.create_engine' || !site) return null;
  const { keywords } = callArguments(site.call);
  const strategy = keywords.get('strategy');
  if (strategy && stringValue(strategy) === 'mock') return 'sqlalchemy.engine.mock.MockConnection';
  return keywords.get('future')?.kind === 'true' ? 'sqlalchemy.future.Engine' : null;
}
