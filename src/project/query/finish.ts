// Which function ends a query, by what is done with it.
import { executeDelete, executeUpdate } from './bulk.ts';
import { executeCount } from './count.ts';
import { FLASK_HELPERS } from './custom-query.ts';
import {
  executeChain,
  executeFirst,
  executeIteration,
  executeScalar,
  executeValues,
} from './endings.ts';
import { asExpression, isExpression } from './expression.ts';
import { executeHelper } from './flask-helpers.ts';
import { executeGet } from './get.ts';
import type { Finish } from './rewrite.ts';
import type { QuerySite } from './site.ts';
import { executeSlice } from './slice.ts';

const FINISHES: ReadonlyMap<string, Finish> = new Map<string, Finish>([
  ['all', executeChain],
  ['one', executeChain],
  ['one_or_none', executeChain],
  ['first', executeFirst],
  ['scalar', executeScalar],
  ['value', executeValues],
  ['values', executeValues],
  ['count', executeCount],
  ['delete', executeDelete],
  ['update', executeUpdate],
  ['exists', asExpression],
  ['get', executeGet],
  ...[...FLASK_HELPERS].map((name): [string, Finish] => [name, executeHelper]),
]);

/** How the query ends; `null` if it is kept as a Query. */
export function finishOf(site: QuerySite): Finish | null {
  if (isExpression(site)) return asExpression;
  switch (site.use.kind) {
    case 'terminal':
      return FINISHES.get(site.use.call.method.text) ?? null;
    case 'iteration':
      return executeIteration;
    case 'subscript':
      return executeSlice;
    case 'bound':
      return FINISHES.get(site.use.name) ?? null;
    default:
      return null;
  }
}
