"""The command line: ``python -m bookshop [report|titles|stock|order]``."""

import argparse

from bookshop import __version__, reports, seed
from bookshop.db import Session, engine, init_db
from bookshop.formatting import heading, money, or_dash
from bookshop.models import Author, Book, Order, Product
from bookshop.services import inventory


def report(args):
    for title, function in reports.ALL:
        if args.only and args.only.lower() != title.lower():
            continue
        print(heading(title))
        for line in function():
            print(line)
        Session.remove()  # each report starts afresh, as a request would


def titles(args):
    query = Session.query(Product).order_by(Product.title, Product.id)
    if args.author:
        query = (
            Session.query(Book)
            .join(Book.author)
            .filter(Author.name == args.author)
            .order_by(Book.title)
        )
    for product in query.limit(args.limit):
        print("%-20s %6s" % (product.title, money(product.price)))


def stock(args):
    product = Session.query(Product).filter_by(slug=args.slug).one_or_none()
    if product is None:
        raise SystemExit("no product %s" % args.slug)
    print("%s: %s" % (product.title, or_dash(inventory.available(product.id))))


def order(args):
    order = Session.query(Order).filter_by(reference=args.reference).first()
    if order is None:
        raise SystemExit("no order %s" % args.reference)
    print("%s for %s" % (order.reference, order.customer.full_name))
    for item in order.items:
        print(
            "%3d x %-20s %7s"
            % (item.quantity, item.product.title, money(item.subtotal))
        )


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
