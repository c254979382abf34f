"""Import every model, so that the string names in relationships resolve."""

from .base import Base
from .people import Author, Publisher
from .catalog import Book, Category, EBook, Product, Tag, product_tags
from .customers import Customer, Profile, wishlist
from .orders import (
    CardPayment,
    Order,
    OrderItem,
    OrderStatus,
    Payment,
    VoucherPayment,
)
from .reviews import Review
from .stock import StockLevel, StockMovement

__all__ = [
    "Author",
    "Base",
    "Book",
    "CardPayment",
    "Category",
    "Customer",
    "EBook",
    "Order",
    "OrderItem",
    "OrderStatus",
    "Payment",
    "Product",
    "Profile",
    "Publisher",
    "Review",
    "StockLevel",
    "StockMovement",
    "Tag",
    "VoucherPayment",
    "product_tags",
    "wishlist",
]
