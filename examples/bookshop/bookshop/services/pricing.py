"""Prices, discounts and shipping."""

from decimal import Decimal

from sqlalchemy import case, func

from bookshop import config
from bookshop.db import Session
from bookshop.models import Book, Category, Order, OrderItem, Product


def shipping_for(amount):
    if amount >= config.FREE_SHIPPING_FROM:
        return Decimal("0.00")
    return config.SHIPPING_FEE


def order_value(order_id):
    """What the items of an order cost, before shipping. None without items."""
    return (
        Session.query(func.sum(OrderItem.quantity * OrderItem.unit_price))
        .filter(OrderItem.order_id == order_id)
        .scalar()
    )


def quote(order_id):
    value = order_value(order_id) or Decimal("0.00")
    return value, shipping_for(value)


def price_bands():
    """(title, price, band) of every book."""
    band = case(
        [
            (Book.price < 8, "cheap"),
            (Book.price < 15, "normal"),
        ],
        else_="dear",
    )
    books = Session.query(Book.title, Book.price, band.label("band"))
    return books.order_by(Book.price, Book.title).all()


def average_price(category_slug=None):
    query = Session.query(func.avg(Product.price))
    if category_slug:
        query = query.join(Product.category).filter(Category.slug == category_slug)
    return query.scalar()


def raise_prices(category_slug, amount):
    """Raise the price of a whole shelf. Returns the number of products."""
    session = Session()
    category = session.query(Category).filter_by(slug=category_slug).one()
    changed = (
        session.query(Product)
        .filter(Product.category_id == category.id)
        .update({Product.price: Product.price + amount}, synchronize_session="fetch")
    )
    session.commit()
    return changed


def end_sale(title):
    """Put one book back to its list price."""
    book = Session.query(Book).filter(Book.on_sale, Book.title == title).one()
    book.price = book.list_price
    Session.commit()
    return book.price


def clear_unused_coupons(keep):
    """Forget the coupons of orders that are done, save one."""
    changed = (
        Session.query(Order)
        .filter(Order.coupon.isnot(None), Order.coupon != keep)
        .update({"coupon": None}, synchronize_session=False)
    )
    Session.commit()
    return changed
