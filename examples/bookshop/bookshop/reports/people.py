"""Authors, customers and what they wish for."""

from sqlalchemy import exists, func, or_
from sqlalchemy.orm import aliased, joinedload

from bookshop.db import Session
from bookshop.formatting import money, or_dash
from bookshop.models import Author, Book, Customer, Order, Product, Profile
from bookshop.repositories import CustomerRepository


def authors():
    lines = []
    for author in Session.query(Author).order_by(Author.name, Author.id):
        titles = [book.title for book in author.books]
        lines.append("%s (%s): %s" % (author.label, or_dash(author.country), titles))

    same_day = aliased(Author)
    for one, other in (
        Session.query(Author.name, same_day.name)
        .filter(Author.born_on == same_day.born_on, Author.id < same_day.id)
        .order_by(Author.id, same_day.id)
    ):
        lines.append("born on one day: %s and %s" % (one, other))

    unpublished = Session.query(Author.name).filter(
        ~exists().where(Book.author_id == Author.id)
    )
    lines.append(
        "unpublished: %s" % [name for name, in unpublished.order_by(Author.id)]
    )

    names = Session.query(Author.name).distinct().order_by(Author.name).limit(3).all()
    lines.append("names: %s" % [row.name for row in names])

    for author, books in (
        Session.query(Author, func.count(Book.id))
        .outerjoin(Author.books)
        .group_by(Author.id)
        .order_by(func.count(Book.id).desc(), Author.id)
    ):
        lines.append("%s wrote %d" % (author.label, books))
    return lines


def customers():
    people = CustomerRepository()
    lines = ["active: %s" % [person.full_name for person in people.active()]]
    lines.append("first: %s" % [person.full_name for person in people.active(2)])
    lines.append("found: %s" % people.by_email("BRAM@example.org").full_name)
    lines.append("found: %s" % people.by_email("nobody@example.org"))
    lines.append("get: %s" % people.get(4).full_name)
    for person in people.with_orders():
        language = person.profile.language if person.profile else None
        spent = sum(order.total for order in person.orders)
        lines.append(
            "%-12s %-3s %d %7s"
            % (person.full_name, or_dash(language), len(person.orders), money(spent))
        )

    buyers = people.buyers_of("salt-ledger")
    lines.append("bought the ledger: %s" % [buyer.first_name for buyer in buyers])
    lines.append(
        "in Lyon: %s" % [person.first_name for person in people.in_city("Lyon")]
    )
    lines.append("nowhere: %s" % [person.first_name for person in people.in_city()])
    lines.append("newsletter: %s" % people.newsletter_readers())
    lines.append("mails: %d of %d" % (len(people.emails()), len(people.emails(False))))
    for name, friends in people.referrers():
        lines.append("%s referred %d" % (name, friends))
    for person, spent in people.big_spenders(50):
        lines.append("%s spent %s" % (person.full_name, money(spent)))

    born = Session.query(Profile).filter(Profile.birthday.isnot(None)).one()
    lines.append("one birthday: %s, %s" % (born.customer.first_name, born.birthday))

    chain = []
    for person in Session.query(Customer).order_by(Customer.id).all():
        if person.referrer is not None:
            chain.append("%s<%s" % (person.first_name, person.referrer.first_name))
    lines.append("referred: " + ", ".join(chain))
    return lines


def wishes():
    lines = []
    for person in Session.query(Customer).order_by(Customer.id).all():
        wanted = [product.title for product in person.wishes]
        lines.append("%s wants %s" % (person.first_name, wanted or "nothing"))

    wanted_by = {
        product.slug: [person.first_name for person in product.wished_by]
        for product in Session.query(Product).filter(Product.wished_by.any())
    }
    for slug in sorted(wanted_by):
        lines.append("%s: %s" % (slug, ", ".join(wanted_by[slug])))

    dreamers = (
        Session.query(Customer)
        .join("wishes")
        .filter(Product.price > 15)
        .order_by(Customer.id.desc())
        .limit(2)
        .all()
    )
    # Should be two people, but the wishes of one fill both rows. Nobody complained.
    lines.append("dreamers: %s" % [person.first_name for person in dreamers])

    ordered = Session.query(Order).filter(Order.customer_id == Customer.id)
    strangers = (
        Session.query(Customer)
        .options(joinedload(Customer.profile))
        .filter(or_(Customer.city.is_(None), ~Customer.profile.has()))
        .filter(~ordered.exists())
        .order_by(Customer.id)
    )
    lines.append("number of strangers: %d" % strangers.count())
    lines.append("strangers: %s" % [person.first_name for person in strangers])
    return lines
