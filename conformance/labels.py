"""Takes the labels that SQLAlchemy makes up itself out of SQL text, and changes nothing else.

Legacy Query selects `users.id AS users_id`, a statement `users.id`, or `users.id AS id_1` where the name repeats. Only such labels are dropped:
those of a plain column or a cast of one, made of its own name or of its table's and its own, with or without a number. Every other label (of an expression, or
given by the code) stays in the text. Where a dropped label, or the name of a column without one, is read (in ORDER BY, GROUP BY and HAVING of the
same SELECT, and as a column of the subquery or CTE), it becomes `#position`.

SQLAlchemy numbers the labels and the bound parameters of one name together: where `id_1` is a label, the first parameter is `:id_2`. So the
numbers of parameters become those of their first places in the text; which value each has is compared under these names.

Two texts that are equal afterwards differ in labels only. It does not validate SQL, and knows no dialect.
"""

import re

TOKEN = re.compile(
    r"""'(?:[^']|'')*' | "(?:[^"]|"")*" | `[^`]*` | \[[A-Za-z_ ]+\] | __\[\w+\] | :\w+ | %\(\w+\)s | \w+ | [<>=!|]+ | \S""",
    re.VERBOSE,
)
COMPOUND = {"UNION", "INTERSECT", "EXCEPT"}
AFTER_COLUMNS = COMPOUND | {"FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET"}
READS_LABELS = {"GROUP", "HAVING", "ORDER"}


NUMBERED = re.compile(r"(:|__\[POSTCOMPILE_|%\()(\w+)_(\d+)(\]|\)s|)")


def normalize(sql, implied=True):
    """The text with its labels renamed; `implied` says whether a column without a label counts as labelled with its own name."""
    tokens = nested(iter(TOKEN.findall(sql)))
    columns = {}
    select(tokens, columns, implied)
    names = {}
    return " ".join(renumbered(token, names) for token in flat(rename(tokens, columns)))


def same_but_labels(one, other):
    """Whether two texts are the same SQL but for labels."""
    if "SELECT" not in one or "SELECT" not in other:
        return False
    return any(normalize(one, implied) == normalize(other, implied) for implied in (True, False))


def parameters(sql):
    """The names of numbered parameters, in order."""
    return list(dict.fromkeys(f"{name}_{number}" for _, name, number, _ in NUMBERED.findall(sql)))


def renumbered(token, names):
    """`:id_3` as `:id_#1`, where it is the first parameter in the text that is numbered."""
    match = NUMBERED.fullmatch(token)
    if not match:
        return token
    before, name, number, after = match.groups()
    place = names.setdefault((name, number), len(names) + 1)
    return f"{before}{name}_#{place}{after}"


def nested(tokens):
    """Lists in place of parentheses."""
    found = []
    for token in tokens:
        if token == ")":
            return found
        found.append(nested(tokens) if token == "(" else token)
    return found


def flat(tokens):
    for token in tokens:
        if isinstance(token, list):
            yield "("
            yield from flat(token)
            yield ")"
        else:
            yield token


def select(tokens, columns, implied):
    """Takes the labels out of one level and those below it; returns the names of its columns, None if it selects nothing."""
    leading = None
    for at, token in enumerate(tokens):
        if isinstance(token, list):
            names = select(token, columns, implied)
            name = name_of_subquery(tokens, at)
            if names is not None and name is not None:
                note(name, given_names(tokens, at) or names, columns)
            # A compound is named after its first SELECT, which may stand in brackets.
            if at == 0 and len(tokens) > 1 and is_any(tokens[1], COMPOUND):
                leading = names
    first = None
    at = 0
    while at < len(tokens):
        if tokens[at] == "SELECT":
            end = next((i for i in range(at, len(tokens)) if is_any(tokens[i], AFTER_COLUMNS)), len(tokens))
            names, items = take_labels(tokens[at + 1 : end])
            tokens[at + 1 : end] = items
            at += len(items)
            first = names if first is None else first
            refer(tokens, at + 1, labels_of(names, implied))
        at += 1
    if first is not None:
        refer(tokens, 0, labels_of(first, implied), only_last=True)
    return leading or (first and [name for name, _ in first])


def labels_of(names, implied):
    """What can be read as a label, `None` at other places."""
    return [name if implied or labelled else None for name, labelled in names]


def is_any(token, words):
    return isinstance(token, str) and token in words


def name_of_subquery(tokens, at):
    """`(…) AS name`, `(…) name` as in Oracle's SQL, `WITH name AS (…)`, `WITH name(a, b) AS (…)`."""
    after = tokens[at + 1 : at + 3]
    if after and after[0] == "AS":
        return after[1] if len(after) > 1 else None
    if after and isinstance(after[0], str) and re.fullmatch("[a-z_][a-z_0-9]*", after[0]):
        return after[0]
    if at > 1 and tokens[at - 1] == "AS":
        before = tokens[at - 2]
        return tokens[at - 3] if isinstance(before, list) and at > 2 else before
    return None


def given_names(tokens, at):
    """The names in `WITH name(a, b) AS (…)`."""
    before = tokens[at - 2] if at > 1 and tokens[at - 1] == "AS" else None
    return [each for each in before if each != ","] if isinstance(before, list) else None


def note(name, names, columns):
    """What a subquery's name means; nothing, where it means several."""
    if columns.setdefault(name, names) != names:
        columns[name] = []


def take_labels(tokens):
    """Splits a list of columns: their names, and the tokens without made up labels."""
    names, kept, item = [], [], []
    for token in [*tokens, ","]:
        if token != ",":
            item.append(token)
            continue
        labelled = len(item) > 2 and item[-2] == "AS"
        names.append((item[-1] if item and isinstance(item[-1], str) else None, labelled))
        kept += [*(item[:-2] if labelled and is_made_up(item) else item), ","]
        item = []
    return names, kept[:-1]


def is_made_up(item):
    """Whether `table.column AS label` has a label that SQLAlchemy makes of the two names; a cast is named after its column."""
    *column, _, label = item
    if column[0] == "CAST" and len(column) == 2 and "AS" in column[1]:
        column = column[1][: column[1].index("AS")]
    names = column[-1:]
    while column[-2:-1] == ["."] and len(column) > 2:
        column = column[:-2]
        names = column[-1:] + names
    # DISTINCT, DISTINCT ON (...) and prefixes stand before the first column.
    words = [*column[:-1], label, *names]
    if not all(isinstance(word, list) or re.fullmatch(r'["`\[]?\w+["`\]]?', word) for word in words):
        return False
    if any(isinstance(name, list) for name in [label, *names]):
        return False
    names = [name.strip('"`[]') for name in names]
    made_up = "|".join("_".join(names[at:]) for at in range(len(names)))
    return re.fullmatch(rf"({made_up})(__?\d+)?", label.strip('"`[]')) is not None


def refer(tokens, start, names, only_last=False):
    """Renames labels that ORDER BY, GROUP BY and HAVING read."""
    reading = False
    compounds = [i for i, token in enumerate(tokens) if is_any(token, COMPOUND)]
    begin = compounds[-1] if only_last and compounds else start
    for at in range(begin, len(tokens)):
        if not only_last and is_any(tokens[at], COMPOUND):
            return
        if is_any(tokens[at], AFTER_COLUMNS):
            reading = tokens[at] in READS_LABELS
        elif reading:
            tokens[at] = refer_in(tokens, at, names)


def refer_in(tokens, at, names):
    token = tokens[at]
    if isinstance(token, list):
        if "SELECT" not in token:
            for index in range(len(token)):
                token[index] = refer_in(token, index, names)
        return token
    is_part = (at > 0 and tokens[at - 1] == ".") or (at + 1 < len(tokens) and tokens[at + 1] == ".")
    return token if is_part or names.count(token) != 1 else f"#{names.index(token) + 1}"


def rename(tokens, columns):
    """Renames `subquery.label`, and the names that a CTE is given."""
    for at, token in enumerate(tokens):
        if isinstance(token, list):
            rename(token, columns)
        elif token == "." and 0 < at < len(tokens) - 1:
            names = columns.get(tokens[at - 1]) if isinstance(tokens[at - 1], str) else None
            name = tokens[at + 1]
            if names and isinstance(name, str) and names.count(name) == 1:
                tokens[at + 1] = f"#{names.index(name) + 1}"
    return tokens
