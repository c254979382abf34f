"""Find rows of `execute()` that are read as mappings; 2.0 rows are tuples. Only what one function shows."""

import ast

FETCHES = {"fetchall", "fetchone", "fetchmany", "first", "one", "all", "one_or_none"}
MAPPING_METHODS = {"items", "keys", "values", "has_key", "iteritems", "iterkeys"}
RESULT, ROWS, ROW = "result", "rows", "row"
FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)


def own_nodes(scope):
    """Nodes of a function or module in source order, without those of the functions inside it."""
    for child in ast.iter_child_nodes(scope):
        yield child
        if not isinstance(child, FUNCTIONS):
            yield from own_nodes(child)


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


def names_of_rows(scope, is_database):
    """Names that hold a result, rows or a row everywhere in the function."""
    names, refused = {}, set()

    def bind(target, kind):
        if isinstance(target, ast.Name):
            if kind is None or names.get(target.id, kind) != kind:
                refused.add(target.id)
            else:
                names[target.id] = kind

    for node in own_nodes(scope):
        if isinstance(node, ast.Assign) and len(node.targets) == 1:
            bind(node.targets[0], kind_of(node.value, names, is_database))
        elif isinstance(node, (ast.For, ast.AsyncFor, ast.comprehension)):
            iterates = kind_of(node.iter, names, is_database) in {RESULT, ROWS}
            bind(node.target, ROW if iterates else None)
    # a comprehension's element stands before its `for` in the tree, hence two steps
    return {name: kind for name, kind in names.items() if name not in refused}


def row_sites(scope, is_database):
    """Nodes of one function that read a row as a mapping: `row["x"]`, `dict(row)`, `row.items()`."""
    names = names_of_rows(scope, is_database)
    for node in own_nodes(scope):
        if isinstance(node, ast.Subscript) and isinstance(node.ctx, ast.Load):
            is_key = isinstance(node.slice, ast.Constant) and isinstance(node.slice.value, str)
            if is_key and kind_of(node.value, names, is_database) == ROW:
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            if node.func.attr in MAPPING_METHODS and kind_of(node.func.value, names, is_database) == ROW:
                yield node
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "dict":
            if len(node.args) == 1 and kind_of(node.args[0], names, is_database) == ROW:
                yield node
