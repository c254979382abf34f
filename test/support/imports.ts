// Modules and import requests for the tests of imports, written as short texts.
import { expect } from 'vitest';
import { applyEdits } from '../../src/edits/apply.ts';
import type { ImportRequest } from '../../src/edits/edit.ts';
import { planImports } from '../../src/project/import-plan.ts';
import type { Module } from '../../src/project/modules.ts';
import { bind } from './python.ts';

/** The module `app.x` with a text. */
export function moduleOf(text: string, path = 'app/x.py'): Module {
  const binding = bind(text);
  return {
    path,
    name: 'app.x',
    isPackage: path.endsWith('__init__.py'),
    tree: binding.tree,
    binding,
  };
}

/** `sqlalchemy:select`, `sqlalchemy as sa`, `typing:List as L`, `?app.models:User` (typing only). */
export function request(spec: string): ImportRequest {
  const typing = spec.startsWith('?');
  const [source, alias = null] = spec.replace('?', '').split(' as ');
  const [module = '', name = null] = (source ?? '').split(':');
  return { path: 'app/x.py', module, name, alias, ...(typing ? { typing } : {}) };
}

/** The text with what the specs ask for, which a second run finds there. */
export function planned(text: string, specs: string, lineLength = 88): string {
  const requests = specs.split(', ').map(request);
  const edits = planImports(moduleOf(text), requests, { lineLength });
  const result = applyEdits(text, [{ span: 0, edits }]);
  expect(bind(result).tree.problems).toEqual([]);
  expect(planImports(moduleOf(result), requests, { lineLength })).toEqual([]);
  return result;
}
