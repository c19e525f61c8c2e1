"""Results as JSON, to be kept and sent, and back again. Pure."""

from collections.abc import Mapping
from dataclasses import asdict, fields, is_dataclass
from types import NoneType, UnionType
from typing import Any, TypeVar, get_args, get_origin, get_type_hints

Kind = TypeVar("Kind")


def result_as_dict(result: Any) -> dict[str, Any]:
    """A dataclass of results, and those within it, as JSON can hold it."""
    return asdict(result)


def result_from_dict(kind: type[Kind], data: Mapping[str, Any]) -> Kind:
    """The dataclass again; what JSON made lists of are tuples as before.

    Raises
    ------
    TypeError : a member is missing, or there is one too many: it was kept by another version of the product.
    """
    hints = get_type_hints(kind)
    if unknown := set(data) - {field.name for field in fields(kind)}:  # type: ignore[arg-type]
        raise TypeError(f"{kind.__name__} has no {', '.join(sorted(unknown))}.")
    return kind(**{name: _restored(hints[name], value) for name, value in data.items()})


def _restored(hint: Any, value: Any) -> Any:
    if value is None:
        return None
    if get_origin(hint) is UnionType:
        return _restored(next(one for one in get_args(hint) if one is not NoneType), value)
    if get_origin(hint) is tuple:
        kinds = get_args(hint)
        if len(kinds) == 2 and kinds[1] is Ellipsis:
            return tuple(_restored(kinds[0], one) for one in value)
        return tuple(_restored(kind, one) for kind, one in zip(kinds, value, strict=True))
    return result_from_dict(hint, value) if isinstance(hint, type) and is_dataclass(hint) else value
