"""Decide which syntax nodes of one module are legacy SQLAlchemy sites. Reads no files and prints nothing.

Each detector takes a `View` and a node and yields kinds. A name counts only when the imports lead to SQLAlchemy; a
method counts only when its receiver looks like a session, engine, connection or query (see the tables below).
"""

import ast

from site_names import dotted, is_library

LOADERS = {
    "joinedload", "joinedload_all", "eagerload", "eagerload_all", "subqueryload", "subqueryload_all", "selectinload",
    "selectinload_all", "lazyload", "lazyload_all", "immediateload", "noload", "raiseload", "contains_eager", "defaultload",
    "defer", "undefer", "load_only", "Load",
}  # fmt: skip
QUERY_METHODS = {
    "query", "filter", "filter_by", "where", "join", "outerjoin", "options", "order_by", "group_by", "select_from", "distinct",
    "with_entities", "limit", "offset", "select", "having", "add_columns", "add_column", "reset_joinpoint", "enable_eagerloads",
}  # fmt: skip
COLUMN_OPERATORS = {
    "like", "ilike", "in_", "notin_", "not_in", "is_", "isnot", "is_not", "desc", "asc", "label", "contains", "startswith",
    "endswith", "between", "op", "cast", "property", "type", "key", "name", "has", "any", "of_type",
}  # fmt: skip
SESSION_NAMES = {"db", "s", "sess", "dbsession", "db_session", "sa_session", "scoped_session"}
CONNECTION_NAMES = {"conn", "connection", "bind", "db", "con", "dbconn"}
DECLARATIVE_MOVED = {
    "declarative_base", "as_declarative", "declared_attr", "has_inherited_table", "synonym_for", "DeclarativeMeta",
    "comparable_using", "instrument_declarative",
}  # fmt: skip
MOVED_IMPORTS = {
    "sqlalchemy": {"Binary", "PassiveDefault", "ThreadLocalMetaData", "subquery"},
    "sqlalchemy.orm": {"mapper", "relation", "eagerload", "eagerload_all", "joinedload_all", "subqueryload_all", "selectinload_all",
                       "lazyload_all", "compile_mappers", "create_session", "comparable_property", "MapperExtension"},
    "sqlalchemy.engine": {"ResultProxy", "RowProxy", "Connectable", "LegacyRow"},
    "sqlalchemy.engine.result": {"ResultProxy", "RowProxy"},
    "sqlalchemy.engine.base": {"Connectable"},
    "sqlalchemy.exc": {"RemovedIn20Warning"},
    "sqlalchemy.types": {"Binary"},
}  # fmt: skip
ENGINE_METHODS = {"execute", "scalar", "table_names", "has_table", "run_callable", "transaction", "contextual_connect"}
REMOVED_KEYWORDS = {
    "create_engine": {"convert_unicode", "encoding", "case_sensitive", "strategy", "pool_threadlocal", "listeners", "proxy"},
    "String": {"convert_unicode", "unicode_error"}, "Unicode": {"convert_unicode"}, "Text": {"convert_unicode"},
    "declarative_base": {"bind"}, "text": {"bind", "bindparams", "typemap", "autocommit"},
    "sessionmaker": {"weak_identity_map", "extension"}, "Session": {"weak_identity_map", "extension"},
    "Table": {"useexisting", "mustexist"},
}  # fmt: skip


class View:
    """One module as the detectors see it: names, parents, and whether the project has `Model.query`."""

    def __init__(self, project, module, has_model_query):
        self.project = project
        self.module = module
        self.has_model_query = has_model_query
        self.parents = {child: node for node in ast.walk(module.tree) for child in ast.iter_child_nodes(node)}

    def library_name(self, node):
        """Last part of the SQLAlchemy name of an expression (`Column` for `sa.Column`), or None."""
        name = self.project.name_of(self.module, node)
        if name is not None and is_library(name):
            called = "()" in name.replace("SQLAlchemy()", "")  # a method of some object: `Session().query().update`
            return None if called else name.rpartition(".")[2]
        owner = node.value if isinstance(node, ast.Attribute) else None
        if isinstance(owner, ast.Name) and owner.id == "db" and (name is None or "()" not in name):
            return node.attr  # the Flask-SQLAlchemy object, where its module was not scanned
        return None

    def result_of(self, node):
        """`create_engine` when the expression holds what that function returned, or None."""
        name = self.project.name_of(self.module, node) or ""
        return name[:-2].rpartition(".")[2] if is_library(name) and name.endswith("()") else None

    def ancestors(self, node):
        while node in self.parents:
            node = self.parents[node]
            yield node

    def in_class(self, node):
        return any(isinstance(a, ast.ClassDef) for a in self.ancestors(node))


def last_name(node):
    """`session` of `self.session`, `db.session()` or `session`."""
    if isinstance(node, ast.Call):
        node = node.func
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def is_string(node):
    """Literal text, also formatted or put together."""
    if isinstance(node, ast.BinOp):
        return is_string(node.left) or (isinstance(node.op, ast.Add) and is_string(node.right))
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "format" and is_string(node.func.value)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def keyword(call, name):
    return next((k.value for k in call.keywords if k.arg == name), None)


def is_true(node):
    return isinstance(node, ast.Constant) and node.value is True


def first(call):
    return call.args[0] if call.args else None


def is_cap_words(name):
    return name[:1].isupper() and not name.isupper()


def looks_like_session(view, node):
    name = last_name(node)
    lowered = name.lower().lstrip("_")
    return "session" in lowered or lowered in SESSION_NAMES or view.result_of(node) in {"Session", "sessionmaker", "scoped_session"}


def looks_like_engine(view, node):
    name = last_name(node).lower().lstrip("_")
    return name in {"engine", "eng"} or name.endswith("_engine") or view.result_of(node) in {"create_engine", "engine_from_config"}


def looks_like_entity(node):
    """A class, one of its attributes, or an SQL function, as the argument of `.query()`."""
    if isinstance(node, ast.Starred):
        return True
    if isinstance(node, ast.Call):
        return looks_like_entity(node.func) or dotted(node.func).split(".")[0] in {"func", "sa", "db", "aliased", "exists", "distinct", "literal", "case"}
    parts = dotted(node).split(".")
    return any(is_cap_words(part) for part in parts) or parts[-1] in {"cls", "model"} or "c" in parts[1:]


def looks_like_query(node):
    """A chain of query methods, `Model.query`, or a name that says so."""
    if isinstance(node, ast.Call):
        return last_name(node) in QUERY_METHODS
    name = last_name(node).lower()
    return name in {"q", "stmt"} or name.endswith("query")


def query_call(view, call):
    """`session.query(…)`, but not `frame.query("a > 1")` or `client.query(sql)`."""
    if not (isinstance(call.func, ast.Attribute) and call.func.attr == "query"):
        if view.library_name(call.func) == "Query":
            yield "query-direct"
        return
    argument = first(call)
    receiver = call.func.value
    if looks_like_session(view, receiver):
        if argument is None or not (is_string(argument) or isinstance(argument, ast.Dict)):
            if argument is not None or not call.keywords:
                yield "session-query"
    elif argument is not None and not is_string(argument) and looks_like_entity(argument) and not call.keywords:
        yield "session-query"


def model_query(view, node):
    """`User.query`, where Flask-SQLAlchemy or query_property() gives classes that attribute."""
    if not view.has_model_query or node.attr != "query" or not isinstance(node.ctx, ast.Load):
        return
    parent = view.parents.get(node)
    if isinstance(parent, ast.Compare) or (isinstance(parent, ast.Call) and parent.func is node):
        return
    if isinstance(parent, ast.Attribute) and parent.attr in COLUMN_OPERATORS:
        return
    name = last_name(node.value)
    if not isinstance(node.value, ast.Call) and (is_cap_words(name) or name == "cls"):
        yield "model-query"


def is_mapped_annotation(node):
    return isinstance(node, ast.Subscript) and last_name(node.value) in {"Mapped", "WriteOnlyMapped", "DynamicMapped"}


def is_typed(view, call):
    """Whether the attribute or the declared_attr method that holds this call is annotated as Mapped."""
    for node in view.ancestors(call):
        if isinstance(node, ast.AnnAssign):
            return is_mapped_annotation(node.annotation)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            return is_mapped_annotation(node.returns)
        if isinstance(node, ast.ClassDef):
            return False
    return False


def declaration(view, call, name):
    """Columns, relationships and backrefs in class bodies, and declarative bases."""
    if name in {"declarative_base", "as_declarative"}:
        yield "declarative-base"
    if name not in {"Column", "relationship", "relation", "dynamic_loader"} or not view.in_class(call):
        return
    enclosing = [a for a in view.ancestors(call) if isinstance(a, ast.Call)]
    if name == "Column" and not any(view.library_name(a.func) in {"Table", "table"} for a in enclosing):
        yield "column"
    if name != "Column" and not is_typed(view, call):
        yield "relationship"
    if name != "Column" and keyword(call, "backref") is not None:
        yield "backref"


def core_function(view, call, name):
    """Removed arguments of SQLAlchemy's functions and classes."""
    argument = first(call)
    is_list = isinstance(argument, (ast.List, ast.ListComp))
    if name == "select" and (is_list or any(k.arg in {"whereclause", "from_obj", "columns"} for k in call.keywords)):
        yield "select-list"
    if name == "case" and (is_list or keyword(call, "whens") is not None):
        yield "case-list"
    if name == "exists" and is_list:
        yield "exists-list"
    if name in {"update", "delete", "insert"} and (len(call.args) > 1 or any(k.arg in {"whereclause", "values"} for k in call.keywords)):
        yield "dml-args"
    if name == "MetaData" and (keyword(call, "bind") is not None or (argument is not None and not is_string(argument))):
        yield "metadata-bind"
    if name == "Table" and is_true(keyword(call, "autoload")):
        yield "table-autoload"
    if name == "URL":
        yield "url-ctor"
    if name in {"Session", "sessionmaker", "create_session", "scoped_session"} and is_true(keyword(call, "autocommit")):
        yield "session-autocommit"
    if any(k.arg in REMOVED_KEYWORDS.get(name, ()) for k in call.keywords):
        yield "removed-keyword"
    if name in LOADERS and any(is_string(a) and getattr(a, "value", None) != "*" for a in call.args):
        yield "loader-string"


def method_call(view, call):
    """Removed methods, and strings where 2.0 takes none."""
    receiver, name = call.func.value, call.func.attr
    argument = first(call)
    if name == "as_scalar" and not call.args:
        yield "as-scalar"
    if name in ENGINE_METHODS and looks_like_engine(view, receiver):
        yield "engine-execute" if name in {"execute", "scalar"} else "engine-method"
    elif name in {"execute", "scalar"} and argument is not None and is_string(argument):
        if looks_like_session(view, receiver) or last_name(receiver).lower().lstrip("_") in CONNECTION_NAMES:
            if "sqlite3" not in view.module.imported:
                yield "execute-string"
    if name in {"join", "outerjoin"} and argument is not None and is_string(argument) and looks_like_query(receiver):
        yield "join-string"
    if name in {"filter", "where", "having"} and argument is not None and is_string(argument) and looks_like_query(receiver):
        yield "textual-sql"
    if name in LOADERS and view.library_name(call.func) is None and any(map(is_string, call.args)):
        if isinstance(receiver, ast.Call) and last_name(receiver) in LOADERS:
            yield "loader-string"
    if name == "execution_options" and is_true(keyword(call, "autocommit")):
        yield "autocommit-option"
    if name == "begin" and is_true(keyword(call, "subtransactions")):
        yield "session-subtransactions"
    if name in {"create_all", "drop_all", "reflect"} and last_name(receiver) == "metadata" and not call.args and not call.keywords:
        yield "ddl-no-bind"
    if name in {"update", "delete", "select", "insert"} and call.args and view.result_of(receiver) == "Table":
        yield "dml-args"
    if name == "from_self" and looks_like_query(receiver):
        yield "query-from-self"


def imports(node):
    """Imports of names that moved or are gone: one site a statement."""
    if isinstance(node, ast.Import):
        if any(alias.name.startswith("sqlalchemy.ext.declarative") for alias in node.names):
            yield "import-declarative"
        return
    names = {alias.name for alias in node.names}
    source = node.module or ""
    if source == "sqlalchemy.ext.declarative" and names & DECLARATIVE_MOVED:
        yield "import-declarative"
    elif source.startswith("sqlalchemy.ext.declarative.") or (source == "sqlalchemy.ext" and "declarative" in names):
        yield "import-declarative"
    elif names & MOVED_IMPORTS.get(source, set()) or source.startswith(("sqlalchemy.databases", "sqlalchemy.future")):
        yield "import-moved"


def assignment(node):
    """`metadata.bind = engine`."""
    for target in node.targets:
        if isinstance(target, ast.Attribute) and target.attr == "bind" and last_name(target.value).lower().endswith("metadata"):
            yield "metadata-bind"


def kinds_of(view, node):
    """Every kind of site that this node is."""
    if isinstance(node, ast.Call):
        name = view.library_name(node.func)
        yield from query_call(view, node)
        if name is not None:
            yield from declaration(view, node, name)
            yield from core_function(view, node, name)
        if isinstance(node.func, ast.Attribute):
            yield from method_call(view, node)
    elif isinstance(node, ast.Attribute):
        yield from model_query(view, node)
    elif isinstance(node, (ast.Import, ast.ImportFrom)) and not getattr(node, "level", 0):
        yield from imports(node)
    elif isinstance(node, ast.Assign):
        yield from assignment(node)
