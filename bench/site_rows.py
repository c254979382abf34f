"""Find rows of `execute()` that are read as mappings; 2.0 rows are tuples. Only what one function shows."""

import ast

FETCHES = {"fetchall", "fetchone", "fetchmany", "first", "one", "all", "one_or_none"}
MAPPING_METHODS = {"items", "keys", "values", "has_key", "iteritems", "iterkeys"}
RESULT, ROWS, ROW = "result", "rows", "row"
COMPREHENSIONS = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
LOOPS = (ast.For, ast.AsyncFor, ast.comprehension)
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def kind_of(node, names, is_database):
    """What an expression holds: a result, its rows, one row, or None."""
    if isinstance(node, ast.Await):
        return kind_of(node.value, names, is_database)
    if isinstance(node, ast.Name):
        return names.get(node.id)
    if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
        return None
    if node.func.attr == "execute":
        return RESULT if is_database(node.func.value) else None
    if node.func.attr in FETCHES and kind_of(node.func.value, names, is_database) == RESULT:
        return ROWS if node.func.attr in {"fetchall", "fetchmany", "all"} else ROW
    return None


def bind(target, kind, names):
    """Note what a name holds from here on."""
    for node in ast.walk(target):
        if isinstance(node, ast.Name):
            names.pop(node.id, None)
    if kind is not None and isinstance(target, ast.Name):
        names[target.id] = kind


def is_mapping_read(node, names, is_database):
    """`row["x"]`, `dict(row)` or `row.items()`."""
    if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
        is_key = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
        return is_key and kind_of(node.value, names, is_database) == ROW
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
        return node.func.attr in MAPPING_METHODS and kind_of(node.func.value, names, is_database) == ROW
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
        return len(node.args) == 1 and kind_of(node.args[0], names, is_database) == ROW
    return False


def visit(node, names, is_database):
    """Yield the sites below a node; `names` follows the assignments in source order."""
    if isinstance(node, FUNCTIONS):
        return  # a scope of its own
    if is_mapping_read(node, names, is_database):
        yield node
    children = list(ast.iter_child_nodes(node))
    if isinstance(node, COMPREHENSIONS):
        names = dict(names)
        children.sort(key=lambda child: not isinstance(child, ast.comprehension))
    if isinstance(node, LOOPS):
        yield from visit(node.iter, names, is_database)
        iterates = kind_of(node.iter, names, is_database) in {RESULT, ROWS}
        bind(node.target, ROW if iterates else None, names)
        children.remove(node.iter)
    if isinstance(node, ast.Assign):
        yield from visit(node.value, names, is_database)
        for target in node.targets:
            bind(target, kind_of(node.value, names, is_database), names)
        children.remove(node.value)
    for child in children:
        yield from visit(child, names, is_database)


def row_sites(scope, is_database):
    """Nodes of one function or module, without the functions inside it, that read a row as a mapping."""
    names = {}
    for child in ast.iter_child_nodes(scope):
        yield from visit(child, names, is_database)
