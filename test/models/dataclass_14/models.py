from dataclasses import dataclass, field
from typing import List, Optional

from sqlalchemy import Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import registry, relationship

mapper_registry = registry()


@mapper_registry.mapped
@dataclass
class User:
    __tablename__ = "user"
    __sa_dataclass_metadata_key__ = "sa"

    id: int = field(init=False, metadata={"sa": Column(Integer, primary_key=True)})
    name: Optional[str] = field(default=None, metadata={"sa": Column(String(50))})
    addresses: List["Address"] = field(
        default_factory=list, metadata={"sa": relationship("Address")}
    )


@mapper_registry.mapped
@dataclass
class Address:
    __tablename__ = "address"
    __sa_dataclass_metadata_key__ = "sa"

    id: int = field(init=False, metadata={"sa": Column(Integer, primary_key=True)})
    user_id: int = field(
        init=False, metadata={"sa": Column(ForeignKey("user.id"), nullable=False)}
    )


@mapper_registry.mapped
@dataclass
class Plain:
    __table__ = Table(
        "plain",
        mapper_registry.metadata,
        Column("id", Integer, primary_key=True),
        Column("label", String(5), nullable=False),
    )
    id: int
    label: str = "x"
