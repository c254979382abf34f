from .mixins import OwnedMixin, TimestampMixin
from .root import Base, Model
