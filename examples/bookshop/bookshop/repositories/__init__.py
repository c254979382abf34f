from .books import BookRepository
from .customers import CustomerRepository
from .orders import OrderRepository

__all__ = ["BookRepository", "CustomerRepository", "OrderRepository"]
