"""The command line: ``python -m bookshop [report|titles|stock|order]``."""

import argparse

from bookshop import __version__, reports, seed
from bookshop.db import Session, engine, init_db
from bookshop.formatting import heading
from bookshop.reports import counter


def report(args):
    for title, function in reports.ALL:
        if args.only and args.only.lower() != title.lower():
            continue
        print(heading(title))
        show(function())
        Session.remove()  # each report starts afresh, as a request would


def titles(args):
    show(counter.titles(args.author, args.limit))


def stock(args):
    show(counter.stock(args.slug))


def order(args):
    show(counter.order(args.reference))


def show(lines):
    for line in lines:
        print(line)


def build_parser():
    parser = argparse.ArgumentParser(prog="bookshop")
    parser.add_argument("--version", action="version", version=__version__)
    commands = parser.add_subparsers(dest="command")

    command = commands.add_parser("report", help="print every report (the default)")
    command.add_argument("--only", metavar="TITLE")
    command.set_defaults(function=report)

    command = commands.add_parser("titles", help="list what is for sale")
    command.add_argument("--author")
    command.add_argument("--limit", type=int, default=5)
    command.set_defaults(function=titles)

    command = commands.add_parser("stock", help="how many are left")
    command.add_argument("slug")
    command.set_defaults(function=stock)

    command = commands.add_parser("order", help="show one order")
    command.add_argument("reference")
    command.set_defaults(function=order)

    parser.set_defaults(function=report, only=None)
    return parser


def main(argv=None):
    args = build_parser().parse_args(argv)
    # The sample data is loaded into an empty database, once.
    init_db()
    loaded = engine.execute("SELECT COUNT(*) FROM products").scalar()
    if not loaded:
        seed.load()
    try:
        args.function(args)
    finally:
        Session.remove()
    return 0
