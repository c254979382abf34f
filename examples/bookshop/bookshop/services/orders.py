"""Taking, paying and shipping orders."""

from bookshop.db import Session
from bookshop.models import (
    CardPayment,
    Customer,
    Order,
    OrderItem,
    OrderStatus,
    Product,
)
from bookshop.services import inventory


class OrderError(Exception):
    pass


def place(email, lines, reference, placed_at):
    """Take an order. ``lines`` holds pairs of slug and quantity."""
    session = Session()
    customer = session.query(Customer).filter_by(email=email).first()
    if customer is None:
        raise OrderError("no customer %s" % email)

    order = Order(reference=reference, placed_at=placed_at, status=OrderStatus.NEW)
    order.customer_id = customer.id
    session.add(order)
    for slug, quantity in lines:
        product = session.query(Product).filter_by(slug=slug).one_or_none()
        if product is None:
            session.rollback()
            raise OrderError("no product %s" % slug)
        order.items.append(
            OrderItem(
                product_id=product.id, quantity=quantity, unit_price=product.price
            )
        )
    session.commit()
    return order.reference


def pay(reference, last_digits):
    session = Session()
    order = session.query(Order).filter(Order.reference == reference).one()
    if order.status is not OrderStatus.NEW:
        raise OrderError("%s is %s" % (reference, order.status.value))
    session.add(
        CardPayment(order_id=order.id, amount=order.total, last_digits=last_digits)
    )
    order.status = OrderStatus.PAID
    session.commit()


def ship(reference, shipped_at):
    """Ship what is paid. Returns what could not be reserved."""
    session = Session()
    order = session.query(Order).filter_by(reference=reference).one()
    missing = []
    wanted = [
        (item.product.title, item.product_id, item.quantity) for item in order.items
    ]
    for title, product_id, quantity in wanted:
        if not inventory.reserve(product_id, quantity):
            missing.append(title)
    if not missing:
        # ``reserve`` ends its own unit of work, so look the order up again.
        order = Session.query(Order).filter_by(reference=reference).one()
        order.status = OrderStatus.SHIPPED
        order.shipped_at = shipped_at
        Session.commit()
    return missing


def cancel_stale(before):
    """Cancel what nobody paid for. Returns the number of orders."""
    cancelled = (
        Session.query(Order)
        .filter(Order.status == OrderStatus.NEW, Order.placed_at < before)
        .update({"status": OrderStatus.CANCELLED})
    )
    Session.commit()
    return cancelled
