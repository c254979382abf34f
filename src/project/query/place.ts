// Names places of the project for people. It judges nothing.
import { positionsOf } from '../../python/position.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';

/** A place in the project, as `path:line`. */
export type Place = string;

/** Where a node stands. */
export function placeOf(module: Module, node: PyNode): Place {
  return `${module.path}:${positionsOf(module.tree.text).at(node.start).line}`;
}
