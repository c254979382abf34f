"""Customers, their profiles and their wishes."""

from sqlalchemy import func
from sqlalchemy.orm import aliased, joinedload

from bookshop.db import Session
from bookshop.models import Customer, Order, OrderItem, Profile


class CustomerRepository(object):
    def __init__(self, session=None):
        self.session = session or Session()

    def get(self, customer_id):
        return self.session.query(Customer).get(customer_id)

    def by_email(self, email):
        return (
            self.session.query(Customer)
            .filter(func.lower(Customer.email) == email.lower())
            .one_or_none()
        )

    def active(self, limit=None):
        query = (
            self.session.query(Customer)
            .filter_by(is_active=True)
            .order_by(Customer.last_name, Customer.first_name)
        )
        if limit:
            query = query.limit(limit)
        return query.all()

    def with_orders(self):
        """Customers with everything they ordered, the items ready to be read."""
        return (
            self.session.query(Customer)
            .options(joinedload("orders.items"), joinedload("profile"))
            .order_by(Customer.id)
            .all()
        )

    def buyers_of(self, slug):
        # Joins along three relationships; a customer may have bought it twice.
        return (
            self.session.query(Customer)
            .join("orders", "items", "product")
            .filter_by(slug=slug)
            .order_by(Customer.id)
            .all()
        )

    def in_city(self, city=None):
        query = self.session.query(Customer).order_by(Customer.id)
        if city is None:
            query = query.filter(Customer.city.is_(None))
        else:
            query = query.filter(Customer.city == city)
        return query.all()

    def newsletter_readers(self):
        return [
            profile.customer.email
            for profile in self.session.query(Profile)
            .filter(Profile.newsletter)
            .order_by(Profile.id)
        ]

    def emails(self, active_only=True):
        query = self.session.query(Customer.email)
        if active_only:
            query = query.filter(Customer.is_active)
        return [email for email, in query.order_by(Customer.email)]

    def referrers(self):
        """Who brought in somebody else, and how many."""
        friend = aliased(Customer)
        return (
            self.session.query(Customer.first_name, func.count(friend.id))
            .join(friend, friend.referrer_id == Customer.id)
            .group_by(Customer.id, Customer.first_name)
            .order_by(Customer.id)
            .all()
        )

    def big_spenders(self, minimum):
        return (
            self.session.query(Customer, func.sum(OrderItem.subtotal).label("spent"))
            .join(Customer.orders)
            .join(Order.items)
            .group_by(Customer.id)
            .having(func.sum(OrderItem.subtotal) >= minimum)
            .order_by(func.sum(OrderItem.subtotal).desc(), Customer.id)
            .all()
        )

    def deactivate_without_orders(self):
        """Returns how many accounts were switched off."""
        return (
            self.session.query(Customer)
            .filter(Customer.is_active, ~Customer.orders.any())
            .update({"is_active": False}, synchronize_session=False)
        )
