// Names places of the project for people: where something stands in the file on disk, whatever has been rewritten since. It judges nothing.
import { positionsOf, type Position } from '../python/position.ts';
import type { PyNode } from '../python/tree.ts';
import type { Module } from './modules.ts';

/** A place in the project, as `path:line:column`. */
export type Place = string;

/** Answers where nodes of a module stand. */
export function placesIn(module: Module): (node: PyNode) => Place {
  const position = positionsIn(module);
  return (node) => {
    const { line, column } = position(node);
    return `${module.path}:${line}:${column}`;
  };
}

/** Where a node stands. */
export function placeOf(module: Module, node: PyNode): Place {
  return placesIn(module)(node);
}

/** The line of a node, for what is said of its own file. */
export function lineOf(module: Module, node: PyNode): number {
  return positionsIn(module)(node).line;
}

function positionsIn({ tree }: Module): (node: PyNode) => Position {
  const { origin } = tree;
  const positions = positionsOf(origin?.text ?? tree.text);
  return ({ start }) => positions.at(origin?.toOld(start) ?? start);
}
