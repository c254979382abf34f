"""Orders and payments."""

from sqlalchemy.orm import Session, contains_eager, joinedload
from sqlalchemy.orm.exc import MultipleResultsFound, NoResultFound

from bookshop.models import (
    CardPayment,
    Customer,
    Order,
    OrderItem,
    OrderStatus,
    Payment,
    VoucherPayment,
)


class OrderRepository(object):
    """Newer than the other two: here the session has to be given."""

    def __init__(self, session: Session):
        self.session = session

    def get(self, order_id):
        return self.session.query(Order).options(joinedload("customer")).get(order_id)

    def by_reference(self, reference):
        try:
            return self.session.query(Order).filter_by(reference=reference).one()
        except NoResultFound:
            return None

    def containing(self, reference, least=1):
        """The order of that reference, if it has items; one item or many."""
        return (
            self.session.query(Order)
            .join("items")
            .filter(Order.reference == reference, OrderItem.quantity >= least)
            .one_or_none()
        )

    def open(self, oldest_first=False):
        query = self.session.query(Order).filter(Order.is_open)
        if oldest_first:
            query = query.order_by(Order.placed_at, Order.reference)
        else:
            query = query.order_by(Order.placed_at.desc(), Order.reference)
        return query.all()

    def of_customer(self, email):
        return (
            self.session.query(Order)
            .join("customer")
            .filter_by(email=email)
            .order_by(Order.id)
            .all()
        )

    def with_items(self):
        return (
            self.session.query(Order)
            .options(joinedload("items").joinedload("product"))
            .order_by(Order.id)
            .all()
        )

    def with_bulk_items(self, quantity):
        """Orders with an item in quantity; ``items`` holds no others."""
        return (
            self.session.query(Order)
            .join(Order.items)
            .filter(OrderItem.quantity >= quantity)
            .options(contains_eager(Order.items))
            .populate_existing()
            .order_by(Order.id, OrderItem.id)
            .all()
        )

    def latest(self, count):
        return (
            self.session.query(Order)
            .options(joinedload("items"))
            .order_by(Order.placed_at.desc(), Order.id.desc())
            .limit(count)
            .all()
        )

    def only_order_of(self, customer_id):
        """The reference of a customer's order, when there is just one."""
        try:
            return (
                self.session.query(Order.reference)
                .filter(Order.customer_id == customer_id)
                .scalar()
            )
        except MultipleResultsFound:
            return "several"

    def search(self, status=None, coupon=None, city=None, since=None):
        query = self.session.query(Order)
        if status is not None:
            query = query.filter(Order.status == status)
        if coupon is not None:
            query = query.filter(Order.coupon == coupon)
        if city is not None:
            query = query.join(Order.customer).filter(Customer.city == city)
        if since is not None:
            query = query.filter(Order.placed_at >= since)
        return query.order_by(Order.id).all()

    def _in_status(self, *statuses):
        return self.session.query(Order).filter(Order.status.in_(statuses))

    def count_by_status(self, *statuses):
        return self._in_status(*statuses).count()

    def paid_by_card(self):
        return self.session.query(CardPayment).order_by(CardPayment.id).all()

    def vouchers_used(self):
        return self.session.query(VoucherPayment).count()

    def largest_payment(self, kind=None):
        query = self.session.query(Payment)
        if kind is not None:
            query = query.filter_by(kind=kind)
        return query.order_by(Payment.amount.desc(), Payment.id).first()

    def is_known(self, reference):
        known = self.session.query(Order.id).filter(Order.reference == reference)
        return self.session.query(known.exists()).scalar()

    def drop_cancelled_items(self):
        """Returns how many items of cancelled orders went away."""
        return (
            self.session.query(OrderItem)
            .filter(
                OrderItem.order_id.in_(
                    self.session.query(Order.id).filter(
                        Order.status == OrderStatus.CANCELLED
                    )
                )
            )
            .delete(synchronize_session=False)
        )
