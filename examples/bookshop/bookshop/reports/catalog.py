"""What is on the shelves."""

from sqlalchemy import and_, func, select
from sqlalchemy.orm import joinedload

from bookshop.db import Session
from bookshop.formatting import money, or_dash, stars
from bookshop.models import (
    Book,
    Category,
    EBook,
    Product,
    Publisher,
    Review,
    Tag,
    product_tags,
)
from bookshop.repositories import BookRepository


def overview():
    books = BookRepository()
    lines = [
        "%d books, %d on sale, dearest %s"
        % (books.count(), books.count_on_sale(), money(books.highest_price()))
    ]
    for book in books.with_people():
        author = book.author.label if book.author else "anonymous"
        lines.append(
            "%-18s %-22s %-14s %6s"
            % (book.title, author, book.publisher.label, money(book.price))
        )
    for product in books.catalogue():
        lines.append("%-18s [%s]" % (product.title, ", ".join(product.tag_names)))
    for ebook in Session.query(EBook).order_by(EBook.size_mb, EBook.id):
        lines.append("%s as %s, %s MB" % (
            ebook.title, ebook.file_format, or_dash(ebook.size_mb)))
    return lines


def shelves():
    lines = []
    for category in BookRepository().top_categories():
        names = [child.name for child in category.children]
        lines.append("%s: %s" % (category.name, ", ".join(names)))

    for category in Session.query(Category).order_by(Category.id).all():
        titles = sorted(product.title for product in category.products)
        lines.append("%-12s %d %s" % (category.name, category.product_count, titles))

    leaves = Session.query(Category).filter(~Category.children.any())
    lines.append("%d leaves" % leaves.count())
    lines.extend("leaf " + leaf.path for leaf in leaves.order_by(Category.name))

    counts = (
        Session.query(Product.category_id, func.count(Product.id).label("products"))
        .group_by(Product.category_id)
        .subquery()
    )
    for name, products in (
        Session.query(Category.name, counts.c.products)
        .outerjoin(counts, counts.c.category_id == Category.id)
        .order_by(counts.c.products.desc(), Category.name)
    ):
        lines.append("%s holds %s" % (name, or_dash(products)))

    publishers = Session.query(Publisher).order_by(Publisher.name).all()
    for publisher in publishers:
        lines.append(
            "%s: %d titles, %d from 2018"
            % (
                publisher.name,
                publisher.books.count(),
                publisher.books.filter(Book.published_on >= "2018-01-01").count(),
            )
        )
    return lines


def lookups():
    books = BookRepository()
    found = books.by_isbn("9780000000042")
    lines = [
        "get: %s" % books.get(3).title,
        "get: %s" % books.get(99),
        "isbn: %s" % found.title,
        "isbn: %s" % books.by_isbn("none"),
        "slug: %s" % books.by_slug("letters").title,
        "newest: %s" % books.newest().title,
        "newest gift: %s" % books.newest(tag="gift").title,
        "newest signed: %s" % books.newest(tag="signed"),  # it has no date
        "cheapest: %s" % books.cheapest(20).title,
        "cheapest: %s" % books.cheapest(1),
        "tag: %s" % books.with_tag("%s%").title,
        "second dearest: %s" % books.second_dearest().title,
        "known: %s %s" % (books.has_isbn("9780000000011"), books.has_isbn("none")),
        "shelf: %s %s" % (books.category("maps").path, books.category("none")),
    ]
    titles = books.titles_by_isbn()
    lines.append("isbns: %d, last %s" % (len(titles), titles[max(titles)]))
    return lines


def searches():
    books = BookRepository()
    crime = books.category("crime")

    def titles(found):
        return ", ".join(book.title for book in found)

    lines = [
        "all: " + titles(books.all()),
        "crime: " + titles(books.in_category("crime")),
        "tagged: " + titles(books.tagged("bestseller", "gift")),
        "tag links: %d" % books.count_tag_links("bestseller", "gift"),
        "from Sweden: " + titles(books.from_country("SE")),
        "from Britain: " + titles(books.from_country("GB")),
        "never ordered: " + titles(books.never_ordered()),
        "first: " + titles(books.first_titles(3)),
        "search: " + titles(books.search("er")),
        "search: " + titles(books.search("ines", max_price=10)),
        "search: " + titles(books.search(category=crime, newest_first=True)),
    ]
    page = books.page(1)
    while page is not None:
        lines.append("%s: %s" % (page, titles(page.items)))
        page = books.page(page.number + 1) if page.has_next else None
    gifts = books.page(1, tag="gift")
    lines.append("%s: %s" % (gifts, titles(gifts.items)))
    return lines


def reviews():
    lines = []
    for review in Session.query(Review).filter_by(approved=True).order_by(Review.id):
        name = review.customer.first_name if review.customer else "a guest"
        lines.append("%s %s by %s" % (stars(review.rating), review.book.title, name))

    for book in BookRepository().with_good_reviews(4):
        lines.append("%s: %s" % (book.title, [r.rating for r in book.reviews]))

    rated = (
        Session.query(
            Book.title,
            func.count(Review.id).label("reviews"),
            func.avg(Review.rating).label("average"),
        )
        .outerjoin(Review, and_(Review.book_id == Book.id, Review.approved))
        .group_by(Book.id, Product.title)
    )
    for row in rated.order_by(func.avg(Review.rating).desc(), Book.title):
        lines.append("%-18s %d %s" % (row.title, row.reviews, money(row.average)))

    silent = (
        Session.query(Review)
        .options(joinedload("book"), joinedload("customer"))
        .filter(Review.body == None)  # noqa: E711
        .order_by(Review.id)
        .all()
    )
    lines.append("without a word: %s" % [review.book.slug for review in silent])

    popular = Session.execute(
        select([Tag.__table__.c.name, func.count().label("uses")])
        .select_from(Tag.__table__.join(product_tags))
        .group_by(Tag.__table__.c.name)
        .order_by(func.count().desc(), Tag.__table__.c.name)
    ).fetchall()
    for row in popular:
        lines.append("tag %s: %d" % (row["name"], row["uses"]))
    return lines
