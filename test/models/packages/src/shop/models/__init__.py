from .product import Product as Product
from .stock import Stock
