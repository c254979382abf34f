"""Everything that looks up books, shelves and tags."""

from sqlalchemy import func, or_
from sqlalchemy.orm import contains_eager, joinedload, subqueryload

from bookshop.db import Session
from bookshop.models import (
    Author,
    Book,
    Category,
    OrderItem,
    Product,
    Publisher,
    Review,
    Tag,
)
from bookshop.pagination import paginate


class BookRepository(object):
    def __init__(self, session=None):
        self.session = session or Session()

    # -- one book ---------------------------------------------------------------

    def get(self, book_id):
        return self.session.query(Book).get(book_id)

    def by_isbn(self, isbn):
        return self.session.query(Book).filter_by(isbn=isbn).one_or_none()

    def by_slug(self, slug):
        return self.session.query(Book).filter(Book.slug == slug).one()

    def newest(self, tag=None):
        query = self.session.query(Book).filter(Book.published_on.isnot(None))
        if tag is not None:
            query = query.filter(Book.tags.any(name=tag))
        return query.order_by(Book.published_on.desc(), Book.id).first()

    def cheapest(self, below):
        """The cheapest book under a price, or None."""
        return (
            self.session.query(Book)
            .filter(Book.price < below)
            .order_by(Book.price, Book.id)
            .first()
        )

    def with_tag(self, name):
        # A title may carry several matching tags, still it is one book.
        return (
            self.session.query(Book)
            .join("tags")
            .filter(Book.slug == "nine-small-fires", Tag.name.like(name))
            .one()
        )

    # -- lists ------------------------------------------------------------------

    def all(self):
        return self.session.query(Book).order_by(Book.title).all()

    def with_people(self):
        return (
            self.session.query(Book)
            .options(joinedload("author"), joinedload(Book.publisher))
            .order_by(Book.title)
            .all()
        )

    def in_category(self, slug):
        return (
            self.session.query(Book)
            .join("category")
            .filter_by(slug=slug)
            .order_by(Book.id)
            .all()
        )

    def tagged(self, *names):
        return (
            self.session.query(Book)
            .join(Book.tags)
            .filter(Tag.name.in_(names))
            .order_by(Book.id)
            .all()
        )

    def from_country(self, country):
        """Books whose author *or* publisher comes from a country."""
        return (
            self.session.query(Book)
            .outerjoin("author")
            .join("publisher")
            .filter(or_(Author.country == country, Publisher.country == country))
            .order_by(Book.id)
            .all()
        )

    def never_ordered(self):
        sold = self.session.query(OrderItem.product_id)
        return (
            self.session.query(Product)
            .filter(Product.id.notin_(sold))
            .order_by(Product.id)
            .all()
        )

    def first_titles(self, count):
        return self.session.query(Book).order_by(Book.title, Book.id)[:count]

    def second_dearest(self):
        return self.session.query(Book).order_by(Book.price.desc(), Book.id)[1]

    def titles_by_isbn(self):
        return {book.isbn: book.title for book in self.session.query(Book)}

    def with_good_reviews(self, rating):
        """Books together with their good reviews, and only those."""
        return (
            self.session.query(Book)
            .join("reviews")
            .options(contains_eager("reviews"))
            .filter(Review.rating >= rating)
            .order_by(Book.id, Review.id)
            .all()
        )

    def catalogue(self):
        return (
            self.session.query(Product)
            .options(subqueryload("tags"))
            .filter_by(is_archived=False)
            .order_by(Product.title, Product.kind)
            .all()
        )

    # -- numbers ----------------------------------------------------------------

    def count(self):
        return self.session.query(Book).count()

    def count_on_sale(self):
        return self.session.query(Book).filter(Book.on_sale).count()

    def count_tag_links(self, *names):
        """Books count once for every tag that matches."""
        return self.session.query(Book).join("tags").filter(Tag.name.in_(names)).count()

    def highest_price(self):
        return self.session.query(func.max(Book.price)).scalar()

    def has_isbn(self, isbn):
        return self.session.query(
            self.session.query(Book).filter_by(isbn=isbn).exists()
        ).scalar()

    # -- searching --------------------------------------------------------------

    def search(self, text=None, max_price=None, category=None, newest_first=False):
        query = self.session.query(Book).filter(Book.is_archived.is_(False))
        if text:
            pattern = "%" + text + "%"
            query = query.outerjoin(Book.author).filter(
                or_(Book.title.ilike(pattern), Author.name.ilike(pattern))
            )
        if max_price is not None:
            query = query.filter(Book.price <= max_price)
        if category is not None:
            query = query.filter(Book.category == category)
        if newest_first:
            query = query.order_by(Book.published_on.desc())
        return query.order_by(Book.title).all()

    def page(self, number, tag=None):
        query = self.session.query(Product).order_by(Product.title, Product.id)
        if tag is not None:
            query = query.filter(Product.tags.any(Tag.name == tag))
        return paginate(query, number)

    # -- shelves ----------------------------------------------------------------

    def category(self, slug):
        return self.session.query(Category).filter_by(slug=slug).first()

    def top_categories(self):
        return (
            self.session.query(Category)
            .options(joinedload("children"))
            .filter(Category.parent_id == None)  # noqa: E711
            .order_by(Category.position)
            .all()
        )
