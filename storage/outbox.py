"""The table of alerts: each is noted once, and then sent until it has arrived."""

from __future__ import annotations

from sqlalchemy import String, Text
from sqlalchemy.orm import Mapped, mapped_column

from storage.observed import Base


class Alert(Base):
    """Something to tell a person. `id` follows from what it is about, so that it is noted once.

    `kind` is `copy`, `altered`, `gone`, `widget`, `yield`, or `begin`: since when alerts are kept.
    """

    __tablename__ = "alert"
    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    kind: Mapped[str] = mapped_column(String(8))
    subject: Mapped[str] = mapped_column(Text)  # an address, or a site
    release: Mapped[str | None] = mapped_column(Text)
    says: Mapped[str] = mapped_column(Text)
    made_at: Mapped[str] = mapped_column(String(20), index=True)
    mailed_at: Mapped[str | None] = mapped_column(String(20))
    posted_at: Mapped[str | None] = mapped_column(String(20))
    fault: Mapped[str | None] = mapped_column(Text)  # why it could not be sent the last time
