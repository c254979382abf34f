"""A small bookshop: catalogue, customers, orders, stock and reports."""

__version__ = "1.8.2"
