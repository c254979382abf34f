"""The reports. Each one is a function that returns its lines."""

from bookshop.reports import activity, catalog, counter, people, sales, statements

# In the order of the printed report: those at the end change data.
ALL = [
    ("Catalogue", catalog.overview),
    ("Shelves", catalog.shelves),
    ("Lookups", catalog.lookups),
    ("Searches", catalog.searches),
    ("Reviews", catalog.reviews),
    ("Authors", people.authors),
    ("Customers", people.customers),
    ("Wishes", people.wishes),
    ("Orders", sales.orders),
    ("Sales", sales.totals),
    ("Payments", sales.payments),
    ("Prices", sales.prices),
    ("Stock", sales.stock),
    ("At the counter", counter.everything),
    ("By hand", statements.by_hand),
    ("Tables", statements.tables),
    ("A busy day", activity.busy_day),
    ("Clean-up", activity.clean_up),
]
