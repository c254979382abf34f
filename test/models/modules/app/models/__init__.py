from app.models.user import *
from .shop import Order, OrderItem
from . import other
