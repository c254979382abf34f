"""One day in the shop. Everything here changes data."""

from datetime import date, datetime
from decimal import Decimal

from bookshop.db import Session, session_scope
from bookshop.formatting import money
from bookshop.models import Customer, Order, OrderItem, Product, StockLevel
from bookshop.repositories import (
    BookRepository,
    CustomerRepository,
    OrderRepository,
)
from bookshop.services import inventory, orders, pricing

TODAY = datetime(2018, 3, 5, 10, 0)


def busy_day():
    lines = []
    reference = orders.place(
        "fay@example.org",
        [("nine-small-fires", 1), ("winter-ferries", 2)],
        "BK-1008",
        TODAY,
    )
    lines.append("placed %s" % reference)
    for email, slug in [("x@example.org", "letters"), ("ada@example.org", "missing")]:
        try:
            orders.place(email, [(slug, 1)], "BK-1009", TODAY)
        except orders.OrderError as error:
            lines.append("refused: %s" % error)

    orders.pay("BK-1008", "9000")
    try:
        orders.pay("BK-1008", "9000")
    except orders.OrderError as error:
        lines.append("refused: %s" % error)

    lines.append("missing for BK-1008: %s" % orders.ship("BK-1008", TODAY))
    lines.append("missing for BK-1003: %s" % orders.ship("BK-1003", TODAY))
    orders.pay("BK-1005", "7777")
    lines.append("missing for BK-1005: %s" % orders.ship("BK-1005", TODAY))
    for level in Session.query(StockLevel).order_by(StockLevel.product_id).all():
        lines.append("%s: %d left" % (level.product.slug, level.available))

    lines.append("raised: %d" % pricing.raise_prices("crime", Decimal("0.25")))
    lines.append("sale over: %s" % money(pricing.end_sale("Nine Small Fires")))
    crime = Session.query(Product.title, Product.price).filter_by(category_id=3)
    for title, price in crime.order_by(Product.id):
        lines.append("%s now %s" % (title, money(price)))
    return lines


def clean_up():
    lines = ["stale orders: %d" % orders.cancel_stale(datetime(2018, 3, 3))]
    lines.append("coupons: %d" % pricing.clear_unused_coupons("WELCOME"))
    lines.append("movements: %d" % inventory.forget_movements(date(2018, 1, 9)))
    with session_scope() as session:
        lines.append("items: %d" % OrderRepository(session).drop_cancelled_items())
        lines.append(
            "accounts: %d" % CustomerRepository(session).deactivate_without_orders()
        )
        archived = (
            session.query(Product)
            .filter(Product.title.like("Letters%"))
            .update({"is_archived": True}, synchronize_session="fetch")
        )
        lines.append("archived: %d" % archived)

    books = BookRepository()
    lines.append("%d products in the catalogue" % len(books.catalogue()))
    lines.append("search: %s" % [book.title for book in books.search("no")])
    left = Session.query(Order.reference, Order.coupon, Order.status).order_by(Order.id)
    for reference, coupon, status in left:
        lines.append("%s %s %s" % (reference, coupon, status.value))
    lines.append("%d items left" % Session.query(OrderItem).count())
    lines.append(
        "%d active customers"
        % Session.query(Customer).filter_by(is_active=True).count()
    )
    return lines
