// Names places of the project for people. It judges nothing.
import { positionsOf } from '../../python/position.ts';
import type { PyNode } from '../../python/tree.ts';
import type { Module } from '../modules.ts';

/** A place in the project, as `path:line`. */
export type Place = string;

/** Answers where nodes of a module stand. */
export function placesIn(module: Module): (node: PyNode) => Place {
  const positions = positionsOf(module.tree.text);
  return (node) => `${module.path}:${positions.at(node.start).line}`;
}

/** Where a node stands. */
export function placeOf(module: Module, node: PyNode): Place {
  return placesIn(module)(node);
}
