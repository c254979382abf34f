"""Orders, money and stock."""

from datetime import datetime

from sqlalchemy import case, func, literal, select
from sqlalchemy.orm import joinedload

from bookshop.db import Session
from bookshop.formatting import money, or_dash
from bookshop.models import (
    CardPayment,
    Customer,
    Order,
    OrderItem,
    OrderStatus,
    Payment,
    Product,
)
from bookshop.repositories import OrderRepository
from bookshop.services import inventory, pricing


def references(orders):
    return ", ".join(order.reference for order in orders)


def orders():
    repository = OrderRepository(Session())
    lines = []
    for order in Session.query(Order).order_by(Order.placed_at, Order.reference):
        lines.append(
            "%s %-9s %-12s %7s"
            % (
                order.reference,
                order.status.value,
                order.customer.full_name,
                money(order.total),
            )
        )

    everything = repository.with_items()
    for order in everything:
        basket = [
            "%dx %s" % (item.quantity, item.product.title) for item in order.items
        ]
        lines.append("%s: %s" % (order.reference, "; ".join(basket) or "empty"))

    lines.append("open: " + references(repository.open()))
    lines.append("to do: " + references(repository.open(oldest_first=True)))
    lines.append("Ada's: " + references(repository.of_customer("ada@example.org")))
    lines.append("latest: " + references(repository.latest(3)))
    lines.append("get: %s" % repository.get(5).customer.first_name)
    lines.append("by reference: %s" % repository.by_reference("BK-1004").status.name)
    lines.append("by reference: %s" % repository.by_reference("BK-9999"))
    lines.append("containing: %s" % repository.containing("BK-1003").reference)
    lines.append("containing: %s" % repository.containing("BK-1003", least=9))
    lines.append("only order: %s" % repository.only_order_of(3))
    lines.append("only order: %s" % repository.only_order_of(1))
    lines.append("only order: %s" % repository.only_order_of(6))
    lines.append(
        "known: %s %s" % (repository.is_known("BK-1001"), repository.is_known("BK-1"))
    )
    for order in repository.with_bulk_items(2):
        lines.append(
            "bulk: %s %s" % (order.reference, [i.quantity for i in order.items])
        )

    lines.append("search: " + references(repository.search(status=OrderStatus.PAID)))
    lines.append("search: " + references(repository.search(coupon="SPRING")))
    lines.append(
        "search: "
        + references(repository.search(city="Lyon", since=datetime(2018, 2, 1)))
    )
    return lines


def totals():
    lines = []

    # Orders and money by status; an order without items counts as well.
    by_status = (
        Session.query(
            Order.status,
            func.count(Order.id.distinct()).label("orders"),
            func.sum(OrderItem.subtotal).label("value"),
        )
        .outerjoin("items")
        .group_by(Order.status)
        .order_by(func.count(Order.id.distinct()).desc(), Order.status)
        .all()
    )
    for row in by_status:
        lines.append("%-9s %d %7s" % (row.status.value, row.orders, money(row.value)))

    months = (
        Session.query(
            func.strftime("%Y-%m", Order.placed_at).label("month"), func.count()
        )
        .filter(Order.status != OrderStatus.CANCELLED)
        .group_by("month")
        .order_by("month")
        .all()
    )
    for month, count in months:
        lines.append("%s %s" % (month, "#" * count))

    size = case(
        [(OrderItem.quantity >= 3, "many"), (OrderItem.quantity == 2, "pair")],
        else_="single",
    ).label("size")
    for name, count in (
        Session.query(size, func.count(OrderItem.id)).group_by(size).order_by(size)
    ):
        lines.append("%s: %d" % (name, count))

    spent = (
        Session.query(
            Order.customer_id.label("customer_id"),
            func.sum(OrderItem.subtotal).label("spent"),
        )
        .join(OrderItem, OrderItem.order_id == Order.id)
        .group_by(Order.customer_id)
        .subquery()
    )
    ranking = Session.query(Customer, spent.c.spent).outerjoin(
        spent, spent.c.customer_id == Customer.id
    )
    for customer, amount in ranking.order_by(spent.c.spent.desc(), Customer.id):
        lines.append("%-12s %s" % (customer.full_name, money(amount)))

    sold = func.sum(OrderItem.quantity)
    best = (
        Session.query(Product.title, sold.label("sold"))
        .join(OrderItem, OrderItem.product_id == Product.id)
        .group_by(Product.id, Product.title)
        .having(sold > 1)
    )
    for row in best.order_by(sold.desc(), Product.id)[1:4]:
        lines.append("runner-up: %d of %s" % (row.sold, row.title))

    biggest = (
        Session.query(Order)
        .join("items")
        .group_by(Order.id)
        .order_by(func.sum(OrderItem.subtotal).desc(), Order.id)
        .first()
    )
    lines.append("biggest: %s" % biggest.reference)

    in_lyon = Session.query(Order).join("customer").filter_by(city="Lyon").count()
    lines.append("from Lyon: %d" % in_lyon)

    average = (
        select([func.avg(OrderItem.__table__.c.quantity)])
        .where(OrderItem.__table__.c.unit_price < 9)
        .as_scalar()
    )
    above = Session.query(OrderItem).filter(OrderItem.quantity > average).count()
    lines.append("larger than most small ones: %d" % above)

    span = Session.query(func.min(Order.placed_at), func.max(Order.placed_at))
    lines.append("from %s to %s" % tuple(span.one()))

    labels = Session.query(literal("orders"), func.count(Order.id)).one()
    lines.append("%s: %d" % (labels[0], labels[1]))
    return lines


def payments():
    repository = OrderRepository(Session())
    lines = []
    for payment in Session.query(Payment).order_by(Payment.id):
        lines.append(
            "%-7s %7s for %s"
            % (payment.kind, money(payment.amount), payment.order.reference)
        )
    cards = [or_dash(card.last_digits) for card in repository.paid_by_card()]
    lines.append("cards: %s" % ", ".join(cards))
    lines.append("vouchers: %d" % repository.vouchers_used())
    lines.append("largest: %s" % money(repository.largest_payment().amount))
    lines.append("voucher: %s" % money(repository.largest_payment("voucher").amount))
    lines.append("shipped: %d" % repository.count_by_status(OrderStatus.SHIPPED))

    by_card = Session.query(func.sum(CardPayment.amount)).scalar()
    lines.append("by card: %s" % money(by_card))

    unpaid = (
        Session.query(Order)
        .outerjoin("payments")
        .filter(Payment.id == None)  # noqa: E711
        .order_by(Order.id)
        .all()
    )
    lines.append("unpaid: " + references(unpaid))

    # Paid in two parts, still one order.
    covered = (
        Session.query(Order)
        .join(Order.payments)
        .options(joinedload("customer"))
        .filter(Payment.amount < 40)
        .order_by(Order.id)
        .all()
    )
    lines.append("small sums: %s" % [order.customer.first_name for order in covered])
    return lines


def prices():
    lines = ["%-18s %6s %s" % (title, money(price), band)
             for title, price, band in pricing.price_bands()]
    lines.append("average: %s" % money(pricing.average_price()))
    lines.append("average of crime: %s" % money(pricing.average_price("crime")))
    lines.append("average of nothing: %s" % money(pricing.average_price("none")))
    for order_id in (1, 3, 7):
        value, shipping = pricing.quote(order_id)
        lines.append("quote %d: %s + %s" % (order_id, money(value), money(shipping)))
    return lines


def stock():
    lines = inventory.shelf_list()
    lines.append("available: %s" % [inventory.available(n) for n in (1, 3, 6)])
    for title, on_hand in inventory.low_stock():
        lines.append("low: %s, %d" % (title, on_hand))
    lines.append("low on A: %s" % [row.title for row in inventory.low_stock("A")])
    lines.append("uncounted: %s" % [row.title for row in inventory.uncounted()])
    for row in inventory.balance():
        lines.append("%-18s %3d %s" % (row.slug, row.delta, row.last))
    return lines
