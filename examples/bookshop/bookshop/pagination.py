"""Cut a query into pages."""

from math import ceil

from bookshop import config


class Page(object):
    def __init__(self, items, number, per_page, total):
        self.items = items
        self.number = number
        self.per_page = per_page
        self.total = total

    @property
    def pages(self):
        return int(ceil(self.total / float(self.per_page)))

    @property
    def has_next(self):
        return self.number < self.pages

    def __str__(self):
        return "page %d of %d, %d in all" % (self.number, self.pages, self.total)


def paginate(query, number=1, per_page=config.PER_PAGE):
    """Return one page of ``query``, which has to be ordered."""
    total = query.order_by(None).count()
    start = (number - 1) * per_page
    return Page(query.offset(start).limit(per_page).all(), number, per_page, total)
