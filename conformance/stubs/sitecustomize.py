"""Stands in for packages that a project imports beside its models and that the models do not need.

The environment variable CONFORMANCE_STUBS names them, comma separated. On the path of both sides of a comparison.
"""

import importlib.abc
import importlib.machinery
import os
import sys
import types

NAMES = set(filter(None, os.environ.get("CONFORMANCE_STUBS", "").split(",")))


class Stub:
    """Anything: a value, a function, a decorator, a base class."""

    def __init__(self, *_args, **_keywords):
        self.__name__ = "stub"

    def __call__(self, *args, **_keywords):
        # As a decorator it gives back what it decorates.
        return args[0] if len(args) == 1 and callable(args[0]) else Stub()

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub()

    def __getitem__(self, _key):
        return Stub()

    def __iter__(self):
        return iter(())

    def __mro_entries__(self, _bases):
        return ()

    def __or__(self, _other):
        return Stub()

    __ror__ = __or__


class StubModule(types.ModuleType):
    __path__ = []
    __all__ = []

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Stub()


class Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def find_spec(self, name, _path=None, _target=None):
        if name in NAMES or name.split(".")[0] in NAMES:
            return importlib.machinery.ModuleSpec(name, self, is_package=True)
        return None

    def create_module(self, spec):
        return StubModule(spec.name)

    def exec_module(self, module):
        pass


if NAMES:
    sys.meta_path.insert(0, Finder())
