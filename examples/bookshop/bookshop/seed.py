"""The sample data: small, but with ties, gaps and repetitions."""

from datetime import date, datetime
from decimal import Decimal

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
    ("The Salt Ledger", "salt-ledger", "9780000000011", "12.50", None, 3, 1, 1, 320, date(2016, 5, 1), [1, 4]),
    ("Winter Ferries", "winter-ferries", "9780000000028", "9.75", "12.00", 5, 3, 2, 210, date(2017, 9, 15), [2]),
    ("A Room of Maps", "room-of-maps", "9780000000035", "24.00", "24.00", 6, 2, 1, None, date(2017, 9, 15), []),
    ("Nine Small Fires", "nine-small-fires", "9780000000042", "12.50", "15.00", 3, 1, 3, 288, date(2018, 2, 20), [1, 2, 4]),
    ("Harbour Songs", "harbour-songs", "9780000000059", "8.00", None, 4, 5, 2, 96, None, [3]),
    ("Letters to Nobody", "letters", "9780000000066", "7.25", None, 1, None, 3, 144, date(1998, 1, 10), []),
    ("The Long Signal", "long-signal", "9780000000073", "18.00", "20.00", None, 2, 1, 512, date(2018, 2, 20), [1]),
]

# title, slug, price, category, format, size, tags
EBOOKS = [
    ("The Salt Ledger", "salt-ledger-ebook", "6.50", 3, "epub", 2, [1]),
    ("Pocket Tide Tables", "tide-tables", "3.00", 5, "pdf", None, []),
]

# first name, last name, e-mail, city, active, referred by
CUSTOMERS = [
    ("Ada", "Moreau", "ada@example.org", "Lyon", True, None),
    ("Bram", "de Wit", "bram@example.org", "Utrecht", True, 1),
    ("Chika", "Eze", "chika@example.org", None, True, 1),
    ("Dora", "Moreau", "dora@example.org", "Lyon", False, None),
    ("Emil", "Holm", "emil@example.org", "Malmo", True, 2),
    ("Fay", "Park", "fay@example.org", None, True, None),
]

# reference, customer, status, placed, coupon, [(product, quantity, price)]
ORDERS = [
    ("BK-1001", 1, "SHIPPED", datetime(2018, 1, 5, 9, 30), None, [(1, 2, "12.50"), (2, 1, "9.75")]),
    ("BK-1002", 2, "SHIPPED", datetime(2018, 1, 5, 9, 30), "WELCOME", [(4, 1, "12.50")]),
    ("BK-1003", 1, "PAID", datetime(2018, 2, 11, 16, 0), None, [(3, 1, "24.00"), (4, 2, "12.50"), (8, 1, "6.50")]),
    ("BK-1004", 3, "CANCELLED", datetime(2018, 2, 14, 8, 15), None, [(7, 1, "18.00")]),
    ("BK-1005", 5, "NEW", datetime(2018, 3, 1, 12, 0), "SPRING", [(1, 1, "12.50"), (5, 3, "8.00")]),
    ("BK-1006", 2, "PAID", datetime(2018, 3, 2, 19, 45), None, [(1, 4, "12.50"), (9, 1, "3.00")]),
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


def load():
    with session_scope() as session:
        tags = [Tag(name=name) for name in TAGS]
        session.add_all(tags)
        for name, shown, country, born in AUTHORS:
            session.add(
                Author(name=name, display_name=shown, country=country, born_on=born)
            )
            session.flush()
        for name, slug, country, website in PUBLISHERS:
            session.add(
                Publisher(name=name, slug=slug, country=country, website=website)
            )
            session.flush()
        for name, slug, parent, position in CATEGORIES:
            session.add(
                Category(name=name, slug=slug, parent_id=parent, position=position)
            )
            session.flush()

        load_products(session, tags)
        load_customers(session)
        load_orders(session)


def load_products(session, tags):
    for row in BOOKS:
        title, slug, isbn, price, list_price, category, author, publisher = row[:8]
        pages, published_on, tag_ids = row[8:]
        book = Book(
            title=title,
            slug=slug,
            isbn=isbn,
            price=Decimal(price),
            list_price=Decimal(list_price) if list_price else None,
            category_id=category,
            author_id=author,
            publisher_id=publisher,
            pages=pages,
            published_on=published_on,
        )
        book.tags = [tags[tag_id - 1] for tag_id in tag_ids]
        session.add(book)
        session.flush()
    for title, slug, price, category, file_format, size, tag_ids in EBOOKS:
        ebook = EBook(
            title=title,
            slug=slug,
            price=Decimal(price),
            category_id=category,
            file_format=file_format,
            size_mb=size,
        )
        ebook.tags = [tags[tag_id - 1] for tag_id in tag_ids]
        session.add(ebook)
        session.flush()

    # E-books have no shelf, and nobody has counted number six yet.
    for product_id, on_hand, reserved, shelf in [
        (1, 7, 4, "A1"),
        (2, 3, 0, "A2"),
        (3, 1, 1, None),
        (4, 9, 1, "A1"),
        (5, 3, 2, "B4"),
        (7, 0, 0, None),
    ]:
        session.add(
            StockLevel(
                product_id=product_id, on_hand=on_hand, reserved=reserved, shelf=shelf
            )
        )
    for product_id, delta, reason, day in [
        (1, 10, "delivery", date(2018, 1, 2)),
        (1, -3, "sale", date(2018, 1, 5)),
        (2, 4, "delivery", date(2018, 1, 2)),
        (2, -1, None, date(2018, 1, 9)),
        (4, 10, "delivery", date(2018, 2, 1)),
        (7, 1, "delivery", date(2018, 2, 1)),
        (7, -1, "damaged", date(2018, 2, 3)),
    ]:
        session.add(
            StockMovement(
                product_id=product_id, delta=delta, reason=reason, moved_on=day
            )
        )


def load_customers(session):
    for first_name, last_name, email, city, active, referrer in CUSTOMERS:
        session.add(
            Customer(
                first_name=first_name,
                last_name=last_name,
                email=email,
                city=city,
                is_active=active,
                referrer_id=referrer,
            )
        )
        session.flush()
    session.add(Profile(customer_id=1, birthday=date(1984, 7, 9), newsletter=True))
    session.add(Profile(customer_id=2, newsletter=False, language="nl"))
    session.add(Profile(customer_id=5, newsletter=True, language="sv"))
    session.flush()

    # Wishes: customer, product.
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
                OrderItem(
                    product_id=product_id, quantity=quantity, unit_price=Decimal(price)
                )
            )
        session.add(order)
        session.flush()
    session.add_all(
        [
            CardPayment(order_id=1, amount=Decimal("34.75"), last_digits="4242"),
            CardPayment(order_id=2, amount=Decimal("7.50"), last_digits=None),
            VoucherPayment(order_id=2, amount=Decimal("5.00"), voucher_code="WELCOME"),
            CardPayment(order_id=3, amount=Decimal("55.50"), last_digits="1881"),
            VoucherPayment(order_id=6, amount=Decimal("53.00"), voucher_code=None),
        ]
    )
    for book_id, customer_id, rating, body, approved in REVIEWS:
        session.add(
            Review(
                book_id=book_id,
                customer_id=customer_id,
                rating=rating,
                body=body,
                approved=approved,
            )
        )
        session.flush()
