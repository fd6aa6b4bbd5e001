"""The tables of releases in several languages, which stay empty without the extra `languages`."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Integer, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from storage.observed import Base


class Translation(Base):
    """Two clusters that say the same in two languages, as linked (`sure`) or for a person to look at."""

    __tablename__ = "translation"
    cluster: Mapped[str] = mapped_column(String(20), primary_key=True)
    of: Mapped[str] = mapped_column(String(20), primary_key=True, index=True)
    sure: Mapped[bool] = mapped_column(Boolean)
    cosine: Mapped[int] = mapped_column(Integer)
    margin: Mapped[int] = mapped_column(Integer)
    figures: Mapped[int] = mapped_column(Integer)
    evidence: Mapped[list[str]] = mapped_column(JSON)


class Vector(Base):
    """What the encoder makes of a title and lead; the id follows from these and from the encoder's version."""

    __tablename__ = "vector"
    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    numbers: Mapped[bytes] = mapped_column(LargeBinary)
