"""Stock: what is there, what is reserved, what has to be ordered."""

from sqlalchemy import func

from bookshop import config
from bookshop.db import Session, session_scope
from bookshop.models import Book, Product, StockLevel, StockMovement


def available(product_id):
    """Pieces that can be sold now; None for what is never counted."""
    row = (
        Session.query(StockLevel.on_hand, StockLevel.reserved)
        .filter(StockLevel.product_id == product_id)
        .first()
    )
    if row is None:
        return None
    return row.on_hand - row.reserved


def low_stock(shelf=None):
    query = (
        Session.query(Book.title, StockLevel.on_hand)
        .join(StockLevel, StockLevel.product_id == Book.id)
        .filter(StockLevel.on_hand <= config.LOW_STOCK)
    )
    if shelf is not None:
        query = query.filter(StockLevel.shelf.startswith(shelf))
    return query.order_by(StockLevel.on_hand, Book.title).all()


def uncounted():
    """Books without a stock level."""
    return (
        Session.query(Book.title)
        .outerjoin(StockLevel, StockLevel.product_id == Book.id)
        .filter(StockLevel.id.is_(None))
        .order_by(Book.title)
        .all()
    )


def shelf_list():
    # One query for the levels, then one more for each product. It is a small shop.
    lines = []
    for level in Session.query(StockLevel).order_by(StockLevel.id):
        lines.append(
            "%-20s %d of %d" % (level.product.title, level.available, level.on_hand)
        )
    return lines


def balance():
    """Movements summed up for each product, with the last day of any."""
    return (
        Session.query(
            Product.slug,
            func.sum(StockMovement.delta).label("delta"),
            func.max(StockMovement.moved_on).label("last"),
        )
        .join(StockMovement, StockMovement.product_id == Product.id)
        .group_by(Product.slug)
        .order_by(Product.slug)
        .all()
    )


def reserve(product_id, quantity):
    """Reserve pieces; False when there are not enough."""
    with session_scope() as session:
        changed = (
            session.query(StockLevel)
            .filter(
                StockLevel.product_id == product_id,
                StockLevel.on_hand - StockLevel.reserved >= quantity,
            )
            .update(
                {StockLevel.reserved: StockLevel.reserved + quantity},
                synchronize_session=False,
            )
        )
    return changed == 1


def forget_movements(before):
    with session_scope() as session:
        return (
            session.query(StockMovement)
            .filter(StockMovement.moved_on < before)
            .delete()
        )
