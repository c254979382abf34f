"""Short answers for the people at the counter."""

from bookshop.db import Session
from bookshop.formatting import money, or_dash
from bookshop.models import Author, Book, Order, Product
from bookshop.services import inventory


def titles(author=None, limit=5):
    query = Session.query(Product).order_by(Product.title, Product.id)
    if author:
        query = (
            Session.query(Book)
            .join(Book.author)
            .filter(Author.name == author)
            .order_by(Book.title)
        )
    return [
        "%-20s %6s" % (product.title, money(product.price))
        for product in query.limit(limit)
    ]


def stock(slug):
    product = Session.query(Product).filter_by(slug=slug).one_or_none()
    if product is None:
        return ["no product %s" % slug]
    return ["%s: %s" % (product.title, or_dash(inventory.available(product.id)))]


def order(reference):
    order = Session.query(Order).filter_by(reference=reference).first()
    if order is None:
        return ["no order %s" % reference]
    lines = ["%s for %s" % (order.reference, order.customer.full_name)]
    for item in order.items:
        lines.append(
            "%3d x %-20s %7s"
            % (item.quantity, item.product.title, money(item.subtotal))
        )
    return lines


def everything():
    lines = titles(limit=3) + titles("Ines Valverde")
    for slug in ("salt-ledger", "letters", "none"):
        lines.extend(stock(slug))
    return lines + order("BK-1003") + order("BK-9999")
