"""Which stacks lie in one space: whether a place in one is a place in the other."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from django.db.models import F, Func, OuterRef, Subquery, TextField

from annotator.imaging.models import Instance, InstanceState, Stack


class _FrameOfReferenceUID(Func):
    """(0020,0052) of a header. Django's own paths take a key of digits for a place in a list."""

    output_field = TextField()

    def as_postgresql(self, compiler: Any, connection: Any, **context: Any) -> Any:
        return self.as_sql(compiler, connection, template="%(expressions)s #>> '{00200052,Value,0}'", **context)

    def as_sqlite(self, compiler: Any, connection: Any, **context: Any) -> Any:
        template = """JSON_EXTRACT(%(expressions)s, '$."00200052".Value[0]')"""
        return self.as_sql(compiler, connection, template=template, **context)


def frames_of_reference(stack_ids: Sequence[int]) -> dict[int, int]:
    """Number the spaces of stacks in the order given, from 1; 0 for a stack whose files name none.

    Numbers, not UIDs: a blinded reader may not learn those. One query.

    Source: DICOM PS3.3 C.7.4.1.1.1 (Frame of Reference UID).
    """
    of_stack = Instance.objects.filter(stack=OuterRef("pk"), state=InstanceState.READY).order_by("pk")
    uids = dict(
        Stack.objects.filter(pk__in=stack_ids)
        .annotate(uid=Subquery(of_stack.annotate(uid=_FrameOfReferenceUID(F("header"))).values("uid")[:1]))
        .values_list("pk", "uid")
    )
    numbers: dict[str, int] = {}
    spaces: dict[int, int] = defaultdict(int)
    for pk in stack_ids:
        if uid := uids.get(pk):
            spaces[pk] = numbers.setdefault(uid, len(numbers) + 1)
    return spaces
