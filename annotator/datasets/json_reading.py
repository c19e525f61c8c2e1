"""What programs and forms send as JSON, read member by member: every fault is named by its path. Pure."""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any, TypeVar

from annotator.accounts.errors import InvalidError

T = TypeVar("T")
LONGEST_TEXT = 2000
MOST_ITEMS = 100_000


class Members:
    """The members of one JSON object. What isn't asked for is refused by `done`: a typing error must not go unseen."""

    def __init__(self, data: Any, path: str = "") -> None:
        if not isinstance(data, dict):
            raise InvalidError("This must be an object with named members.", path)
        self._data: dict[str, Any] = data
        self._path = path
        self._known: set[str] = set()

    def path(self, name: str) -> str:
        return f"{self._path}.{name}" if self._path else name

    def given(self, name: str) -> bool:
        """Whether a member is there and not null."""
        self._known.add(name)
        return self._data.get(name) is not None

    def text(self, name: str, *, longest: int = 200) -> str:
        if not self.given(name):
            return ""
        return self._text(self._data[name], self.path(name), longest)

    def texts(self, name: str) -> tuple[str, ...]:
        return tuple(self._text(one, path, 200) for one, path in self._items(name))

    def whole(self, name: str, default: T, *, low: int, high: int) -> int | T:
        if not self.given(name):
            return default
        return self._whole(self._data[name], self.path(name), low, high)

    def wholes(self, name: str) -> tuple[int, ...]:
        return tuple(self._whole(one, path, 0, 2**53) for one, path in self._items(name))

    def number(self, name: str, default: T, *, low: float, high: float) -> float | T:
        if not self.given(name):
            return default
        return self._number(self._data[name], self.path(name), low, high)

    def numbers(self, name: str, *, low: float, high: float) -> tuple[float, ...]:
        return tuple(self._number(one, path, low, high) for one, path in self._items(name))

    def yes(self, name: str, default: T) -> bool | T:
        if not self.given(name):
            return default
        value = self._data[name]
        if not isinstance(value, bool):
            raise InvalidError("This is true or false.", self.path(name))
        return value

    def choice(self, name: str, choices: Sequence[str], default: str) -> str:
        """One of several words; the default where nothing is given."""
        value = self.text(name) or default
        if value not in choices:
            raise InvalidError(f"There is no {value!r} here. There are: {', '.join(choices)}.", self.path(name))
        return value

    def day(self, name: str) -> date | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return date.fromisoformat(value)
        except ValueError as error:
            raise InvalidError(f"{value!r} is no date. Write it as 2026-11-21.", self.path(name)) from error

    def plain(self, name: str) -> Any:
        """Any value, as it is."""
        self._known.add(name)
        return self._data.get(name)

    def each(self, name: str, read: Callable[["Members"], T]) -> tuple[T, ...]:
        """A list of objects."""
        return tuple(read(Members(one, path)) for one, path in self._items(name))

    def part(self, name: str, read: Callable[["Members"], T]) -> T:
        """An object; one without members where nothing is given."""
        return read(Members(self._data.get(name) if self.given(name) else {}, self.path(name)))

    def done(self) -> None:
        """Refuse what nobody asked for."""
        for name in self._data:
            if name not in self._known:
                raise InvalidError(
                    f"There is no {name!r} here. There are: {', '.join(sorted(self._known))}.", self.path(name)
                )

    def _items(self, name: str) -> list[tuple[Any, str]]:
        if not self.given(name):
            return []
        value = self._data[name]
        if not isinstance(value, list | tuple) or len(value) > MOST_ITEMS:
            raise InvalidError(f"This is a list of at most {MOST_ITEMS:,}.", self.path(name))
        return [(one, f"{self.path(name)}[{at}]") for at, one in enumerate(value)]

    @staticmethod
    def _text(value: Any, path: str, longest: int) -> str:
        if not isinstance(value, str) or len(value) > longest or "\0" in value:
            raise InvalidError(f"This is text of at most {longest} letters.", path)
        return value.strip()

    @staticmethod
    def _whole(value: Any, path: str, low: int, high: int) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
            raise InvalidError(f"This is a whole number from {low} to {high}.", path)
        return value

    @staticmethod
    def _number(value: Any, path: str, low: float, high: float) -> float:
        # not <= also refuses what is no number
        if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
            raise InvalidError(f"This is a number from {low:g} to {high:g}.", path)
        return float(value)
