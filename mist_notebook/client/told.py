"""Attributes that the record behind an object says: one line each, read-only, typed."""

from __future__ import annotations

from operator import attrgetter
from typing import Any, Generic, Protocol, TypeVar, overload

T = TypeVar("T")


class Held(Protocol):
    """What has a record behind it."""

    @property
    def record(self) -> Any: ...


class Told(Generic[T]):
    """What `record` says under that name."""

    def __init__(self, name: str, about: str = "") -> None:
        self._read = attrgetter(name)
        self.__doc__ = about

    @overload
    def __get__(self, held: None, kind: type[Any]) -> Told[T]: ...

    @overload
    def __get__(self, held: Held, kind: type[Any]) -> T: ...

    def __get__(self, held: Held | None, kind: type[Any]) -> T | Told[T]:
        return self if held is None else self._read(held.record)

    def __set__(self, held: Held, value: object) -> None:
        raise AttributeError("This is what the backend says: it can't be set.")
