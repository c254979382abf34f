"""Figures that somebody wrote in SQL, because it was quicker."""

from sqlalchemy import select

from bookshop.db import Session, engine
from bookshop.formatting import money, or_dash
from bookshop.models import Order, Product


def by_hand():
    lines = []

    rows = Session.execute(
        "SELECT name, country FROM authors ORDER BY country IS NULL, country, id"
    ).fetchall()
    for row in rows:
        lines.append("%s from %s" % (row["name"], or_dash(row["country"])))

    total = Session.execute("SELECT SUM(amount) FROM payments").scalar()
    lines.append("received: %s" % money(total))

    late = Session.execute(
        "SELECT reference FROM orders WHERE placed_at >= :since ORDER BY id",
        {"since": "2018-03-01"},
    )
    for row in late:
        lines.append("since March: %s" % row["reference"])

    cheapest = Session.execute(
        "SELECT title, price FROM products ORDER BY price, id LIMIT 1"
    ).first()
    lines.append("cheapest: %s at %s" % (cheapest["title"], money(cheapest["price"])))

    shelves = Session.execute("SELECT slug, position FROM categories ORDER BY id")
    for shelf in [dict(row) for row in shelves]:
        lines.append("%(slug)s at %(position)d" % shelf)

    # The same with expressions.
    products = Product.__table__
    dear = Session.execute(
        select([products.c.title, products.c.price])
        .where(products.c.price >= 15)
        .order_by(products.c.price.desc(), products.c.title)
    )
    for row in dear:
        lines.append("%s: %s" % (row["title"], money(row["price"])))

    coupons = Session.execute(select([Order.coupon]).distinct().order_by(Order.coupon))
    lines.append("coupons: %s" % [or_dash(coupon) for coupon, in coupons])
    return lines


def tables():
    """Straight from the engine, as the old nightly job did."""
    names = engine.execute(
        "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
    ).fetchall()
    lines = [row["name"] for row in names]

    customers = engine.execute("SELECT COUNT(*) FROM customers").scalar()
    lines.append("%d customers" % customers)

    engine.execute("UPDATE customers SET city = 'Malmö' WHERE city = 'Malmo'")
    cities = engine.execute(
        "SELECT DISTINCT city FROM customers WHERE city IS NOT NULL ORDER BY city"
    ).fetchall()
    for row in cities:
        lines.append("customers in %s" % row["city"])
    return lines
