import { describe, expect, test } from 'vitest';
import { inMain } from './support/infer.ts';

const VARIABLES =
  'from typing import Generic, Type, TypeVar\nT = TypeVar("T", bound=Base)\nS = TypeVar("S")\nU = TypeVar("U")\n';
const REPOSITORY =
  'class Repository(Generic[T, S]):\n    def __init__(self, model: Type[T], schema: Type[S]):\n        self.model = model\n        self.schema = schema\n';

describe('what a type variable stands for', () => {
  test.each<[string, string, string]>([
    [
      'the argument of the base',
      'class Users(Repository[User, dict]):\n    def all(self):\n        self.model\n',
      'class main.User',
    ],
    [
      'an argument handed on in another order',
      'class Swapped(Repository[T, S], Generic[S, T]): pass\nclass Users(Swapped[dict, User]):\n    def all(self):\n        self.model\n',
      'class main.User',
    ],
    [
      'the argument of a base further up',
      'class Middle(Repository[User, S]): pass\nclass Users(Middle[dict]):\n    def all(self):\n        self.model\n',
      'class main.User',
    ],
    [
      'an annotated attribute of the class',
      'class Holder(Generic[T]):\n    model: Type[T]\nclass Users(Holder[User]):\n    def all(self):\n        self.model\n',
      'class main.User',
    ],
    [
      'an object',
      'class Box(Generic[U]):\n    def __init__(self, held: U):\n        self.held = held\nclass Sessions(Box[Session]):\n    def all(self):\n        self.held\n',
      'Session',
    ],
  ])('%s', (_, code, expected) => {
    expect(inMain(`${VARIABLES}${REPOSITORY}${code}`)).toBe(expected);
  });

  test.each<[string, string]>([
    ['no argument', 'class Users(Repository):\n    def all(self):\n        self.model\n'],
    [
      'a variable that stays one',
      'class Users(Repository[T, S]):\n    def all(self):\n        self.model\n',
    ],
    [
      'the generic class itself',
      'class Users(Repository[User, dict]): pass\ndef f(r: Repository):\n    r.model\n',
    ],
  ])('nothing: %s', (_, code) => {
    expect(inMain(`${VARIABLES}${REPOSITORY}${code}`)).not.toContain('main.User');
  });
});
