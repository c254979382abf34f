"""The sample data: small, but with ties, gaps and repetitions."""

from datetime import date, datetime
from decimal import Decimal as D

from bookshop.db import session_scope
from bookshop.models import (
    Author,
    Book,
    CardPayment,
    Category,
    Customer,
    EBook,
    Order,
    OrderItem,
    OrderStatus,
    Product,
    Profile,
    Publisher,
    Review,
    StockLevel,
    StockMovement,
    Tag,
    VoucherPayment,
)

# fmt: off

# name, shown as, country, born
AUTHORS = [
    ("Ines Valverde", None, "ES", date(1961, 4, 2)),
    ("T. Okonjo", "Tobi Okonjo", "NG", date(1978, 11, 23)),
    ("Marta Lindqvist", None, "SE", None),
    ("Paul Ferrand", None, None, date(1978, 11, 23)),
    ("Ines Valverde", "Ines Valverde (poet)", "ES", None),
]

# name, slug, country, website
PUBLISHERS = [
    ("Lantern House", "lantern", "GB", "https://lantern.example"),
    ("Nordlys", "nordlys", "SE", None),
    ("Tideway", "tideway", "GB", None),
]

# name, slug, parent, position
CATEGORIES = [
    ("Fiction", "fiction", None, 1),
    ("Non-fiction", "non-fiction", None, 2),
    ("Crime", "crime", 1, 1),
    ("Poetry", "poetry", 1, 2),
    ("Travel", "travel", 2, 1),
    ("Maps", "maps", 5, 1),
]

TAGS = ["bestseller", "gift", "signed", "staff-pick"]

# title, slug, isbn, price, list price, category, author, publisher, pages, date, tags
BOOKS = [
    ("The Salt Ledger", "salt-ledger", "9780000000011", D("12.50"), None, 3, 1, 1, 320, date(2016, 5, 1), [1, 4]),
    ("Winter Ferries", "winter-ferries", "9780000000028", D("9.75"), D("12.00"), 5, 3, 2, 210, date(2017, 9, 15), [2]),
    ("A Room of Maps", "room-of-maps", "9780000000035", D("24.00"), D("24.00"), 6, 2, 1, None, date(2017, 9, 15), []),
    ("Nine Small Fires", "nine-small-fires", "9780000000042", D("12.50"), D("15.00"), 3, 1, 3, 288, date(2018, 2, 20), [1, 2, 4]),
    ("Harbour Songs", "harbour-songs", "9780000000059", D("8.00"), None, 4, 5, 2, 96, None, [3]),
    ("Letters to Nobody", "letters", "9780000000066", D("7.25"), None, 1, None, 3, 144, date(1998, 1, 10), []),
    ("The Long Signal", "long-signal", "9780000000073", D("18.00"), D("20.00"), None, 2, 1, 512, date(2018, 2, 20), [1]),
]

# title, slug, price, category, format, size, tags
EBOOKS = [
    ("The Salt Ledger", "salt-ledger-ebook", D("6.50"), 3, "epub", 2, [1]),
    ("Pocket Tide Tables", "tide-tables", D("3.00"), 5, "pdf", None, []),
]

# first name, last name, e-mail, city, active, referred by
CUSTOMERS = [
    ("Ada", "Moreau", "ada@example.org", "Lyon", True, None),
    ("Bram", "de Wit", "bram@example.org", "Utrecht", True, 1),
    ("Chika", "Eze", "chika@example.org", None, True, 1),
    ("Dora", "Moreau", "dora@example.org", "Lyon", False, None),
    ("Emil", "Holm", "emil@example.org", "Malmo", True, 2),
    ("Fay", "Park", "fay@example.org", None, True, None),
    ("Gus", "Park", "gus@example.org", "Lyon", True, 6),
]

# reference, customer, status, placed, coupon, [(product, quantity, price)]
ORDERS = [
    ("BK-1001", 1, "SHIPPED", datetime(2018, 1, 5, 9, 30), None, [(1, 2, D("12.50")), (2, 1, D("9.75"))]),
    ("BK-1002", 2, "SHIPPED", datetime(2018, 1, 5, 9, 30), "WELCOME", [(4, 1, D("12.50"))]),
    ("BK-1003", 1, "PAID", datetime(2018, 2, 11, 16, 0), None, [(3, 1, D("24.00")), (4, 2, D("12.50")), (1, 1, D("12.50"))]),
    ("BK-1004", 3, "CANCELLED", datetime(2018, 2, 14, 8, 15), None, [(7, 1, D("18.00"))]),
    ("BK-1005", 5, "NEW", datetime(2018, 3, 1, 12, 0), "SPRING", [(1, 1, D("12.50")), (5, 3, D("8.00"))]),
    ("BK-1006", 2, "PAID", datetime(2018, 3, 2, 19, 45), None, [(1, 4, D("12.50")), (9, 1, D("3.00"))]),
    ("BK-1007", 4, "NEW", datetime(2018, 3, 2, 19, 45), None, []),
]

# book, customer, rating, text, approved
REVIEWS = [
    (1, 1, 5, "Could not put it down.", True),
    (1, 2, 4, None, True),
    (1, None, 2, "Too much salt.", False),
    (4, 1, 5, "Burns slowly.", True),
    (4, 2, 5, None, True),
    (2, 3, 3, "Cold, as promised.", True),
    (7, None, 4, None, True),
    (5, 1, 3, "Uneven.", True),
]

# product, on hand, reserved, shelf: e-books have none, number six is not counted yet
STOCK = [
    (1, 7, 4, "A1"),
    (2, 3, 0, "A2"),
    (3, 1, 1, None),
    (4, 9, 1, "A1"),
    (5, 3, 2, "B4"),
    (7, 0, 0, None),
]

# product, change, reason, day
MOVEMENTS = [
    (1, 10, "delivery", date(2018, 1, 2)),
    (1, -3, "sale", date(2018, 1, 5)),
    (2, 4, "delivery", date(2018, 1, 2)),
    (2, -1, None, date(2018, 1, 9)),
    (4, 10, "delivery", date(2018, 2, 1)),
    (7, 1, "delivery", date(2018, 2, 1)),
    (7, -1, "damaged", date(2018, 2, 3)),
]
# fmt: on


def add(session, model, fields, rows):
    """Add one object for each row, in order, so that the keys count up from one."""
    added = []
    for row in rows:
        thing = model(**dict(zip(fields.split(), row)))
        session.add(thing)
        session.flush()
        added.append(thing)
    return added


def load():
    with session_scope() as session:
        tags = add(session, Tag, "name", [(name,) for name in TAGS])
        add(session, Author, "name display_name country born_on", AUTHORS)
        add(session, Publisher, "name slug country website", PUBLISHERS)
        add(session, Category, "name slug parent_id position", CATEGORIES)
        load_products(session, tags)
        add(session, StockLevel, "product_id on_hand reserved shelf", STOCK)
        add(session, StockMovement, "product_id delta reason moved_on", MOVEMENTS)
        load_customers(session)
        load_orders(session)
        add(session, Review, "book_id customer_id rating body approved", REVIEWS)


def load_products(session, tags):
    books = add(
        session,
        Book,
        "title slug isbn price list_price category_id author_id publisher_id"
        " pages published_on",
        [row[:-1] for row in BOOKS],
    )
    ebooks = add(
        session,
        EBook,
        "title slug price category_id file_format size_mb",
        [row[:-1] for row in EBOOKS],
    )
    for product, row in zip(books + ebooks, BOOKS + EBOOKS):
        product.tags = [tags[tag_id - 1] for tag_id in row[-1]]


def load_customers(session):
    add(
        session,
        Customer,
        "first_name last_name email city is_active referrer_id",
        CUSTOMERS,
    )
    session.add(Profile(customer_id=1, birthday=date(1984, 7, 9), newsletter=True))
    session.add(Profile(customer_id=2, newsletter=False, language="nl"))
    session.add(Profile(customer_id=5, newsletter=True, language="sv"))
    session.add(Profile(customer_id=7, newsletter=False))
    session.flush()

    for customer_id, product_id in [(1, 7), (2, 7), (2, 3), (6, 9)]:
        customer = session.query(Customer).get(customer_id)
        customer.wishes.append(session.query(Product).get(product_id))


def load_orders(session):
    for reference, customer_id, status, placed_at, coupon, items in ORDERS:
        order = Order(
            reference=reference,
            customer_id=customer_id,
            status=OrderStatus[status],
            placed_at=placed_at,
            coupon=coupon,
        )
        for product_id, quantity, price in items:
            order.items.append(
                OrderItem(product_id=product_id, quantity=quantity, unit_price=price)
            )
        session.add(order)
        session.flush()

    add(
        session,
        CardPayment,
        "order_id amount last_digits",
        [(1, D("34.75"), "4242"), (2, D("7.50"), None)],
    )
    add(
        session,
        VoucherPayment,
        "order_id amount voucher_code",
        [(2, D("5.00"), "WELCOME"), (6, D("53.00"), None)],
    )
    add(session, CardPayment, "order_id amount", [(3, D("61.50"))])
