"""Apply the standard wrong rewrites to Python sources, one site a mutant; knows syntax only and runs nothing.

Reads {"files": {id: text}} on stdin and writes a JSON list of {"file", "mutation", "line", "code", "text"}.
"""

import ast
import json
import sys

DROPPED = ("unique", "limit", "offset", "where", "filter_by", "distinct", "options")
RENAMED = {
    "scalars": "execute",
    "join": "outerjoin",
    "outerjoin": "join",
    "scalar_one_or_none": "scalar",
    "one_or_none": "first",
}
COLLECTIONS = {"List", "list", "Set", "set"}


class Source:
    """A text with the conversion from ast positions (UTF-8 columns) to offsets."""

    def __init__(self, text):
        self.data = text.encode("utf-8")
        self.lines = text.split("\n")
        self.starts = [0]
        for line in self.data.split(b"\n"):
            self.starts.append(self.starts[-1] + len(line) + 1)

    def start(self, node):
        return self.starts[node.lineno - 1] + node.col_offset

    def end(self, node):
        return self.starts[node.end_lineno - 1] + node.end_col_offset

    def slice(self, node):
        return self.data[self.start(node) : self.end(node)]

    def replaced(self, start, end, new):
        return (self.data[:start] + new + self.data[end:]).decode("utf-8")


def is_method_call(node):
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)


def method_mutants(source, node, discarded):
    """Drop a chain method, or call its neighbour instead. Yields (mutation, start, end, new)."""
    attribute = node.func
    name, receiver = attribute.attr, attribute.value
    if isinstance(receiver, ast.Constant):  # ", ".join(...)
        return
    if name in DROPPED:
        yield "drop-" + name.replace("_", "-"), source.end(receiver), source.end(node), b""
    new = RENAMED.get(name)
    if name == "execute" and not discarded:
        new = "scalars"
    if new:
        yield "%s-for-%s" % (new, name), source.end(attribute) - len(name), source.end(attribute), new.encode()


def with_mutants(source, node):
    """`connect()` for `begin()` in `with engine.begin() as conn`."""
    for item in node.items:
        call = item.context_expr
        if is_method_call(call) and call.func.attr == "begin" and item.optional_vars is not None and not call.args:
            end = source.end(call.func)
            yield "connect-for-begin", end - len("begin"), end, b"connect"


def subscript(node, names):
    """The index of `Name[index]` when Name, or the last part of a dotted name, is one of `names`."""
    if not isinstance(node, ast.Subscript):
        return None
    base = node.value
    found = base.id if isinstance(base, ast.Name) else getattr(base, "attr", None)
    return node.slice if found in names else None


def without_none(node):
    """X of `X | None`, or None."""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.BitOr):
        if isinstance(node.right, ast.Constant) and node.right.value is None:
            return node.left
    return None


def called_name(node):
    func = node.func if isinstance(node, ast.Call) else None
    return getattr(func, "id", None) or getattr(func, "attr", None)


def annotation_mutants(source, node):
    """Swap Optional in `x: Mapped[…]` of a column; a scalar for the collection of a relationship."""
    inner = subscript(node.annotation, {"Mapped"})
    if inner is None:
        return
    start, end = source.start(inner), source.end(inner)
    element = subscript(inner, COLLECTIONS)
    if element is not None:
        yield "scalar-for-collection", start, end, source.slice(element)
    if node.value is not None and called_name(node.value) != "mapped_column":
        return
    if isinstance(node.value, ast.Call) and any(k.arg == "nullable" for k in node.value.keywords):
        return  # the keyword decides, the annotation cannot change anything
    plain = subscript(inner, {"Optional"})
    plain = without_none(inner) if plain is None else plain
    if plain is not None:
        yield "drop-optional", start, end, source.slice(plain)
    else:
        yield "add-optional", start, end, b"__import__('typing').Optional[" + source.slice(inner) + b"]"


def mutants(text):
    """Every mutant of one source, in source order."""
    tree = ast.parse(text)
    source = Source(text)
    discarded = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    found = []
    for node in ast.walk(tree):
        if is_method_call(node):
            found += [(node.func, m) for m in method_mutants(source, node, id(node) in discarded)]
        elif isinstance(node, (ast.With, ast.AsyncWith)):
            found += [(node, m) for m in with_mutants(source, node)]
        elif isinstance(node, ast.AnnAssign):
            found += [(node, m) for m in annotation_mutants(source, node)]
    for node, (mutation, start, end, new) in sorted(found, key=lambda f: (f[1][2], f[1][0])):
        line = node.end_lineno if isinstance(node, ast.Attribute) else node.lineno
        yield {
            "mutation": mutation,
            "line": line,
            "code": source.lines[line - 1].strip(),
            "text": source.replaced(start, end, new),
        }


def main():
    files = json.load(sys.stdin)["files"]
    json.dump([dict(m, file=name) for name, text in files.items() for m in mutants(text)], sys.stdout)


if __name__ == "__main__":
    main()
