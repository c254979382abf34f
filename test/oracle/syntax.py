"""Compile every source with CPython, as `python -m compileall` would. Reads {path: text}, writes {path: problem}."""

import json
import sys

problems = {}
for path, text in json.load(sys.stdin).items():
    try:
        compile(text, path, "exec", dont_inherit=True)
    except (SyntaxError, ValueError) as error:
        problems[path] = "line %s: %s" % (getattr(error, "lineno", "?"), error)
json.dump(problems, sys.stdout)
