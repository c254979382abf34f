"""Settings, read from the environment with defaults that suit a demo."""

import os
from decimal import Decimal

# A throw-away database by default; point BOOKSHOP_DATABASE at a file to keep it.
DATABASE_URL = os.environ.get("BOOKSHOP_DATABASE", "sqlite://")
ECHO_SQL = os.environ.get("BOOKSHOP_ECHO", "") == "1"

PER_PAGE = 4
LOW_STOCK = 3
FREE_SHIPPING_FROM = Decimal("40.00")
SHIPPING_FEE = Decimal("3.50")
