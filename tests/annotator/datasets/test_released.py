import json

from hypothesis import given, settings

from annotator.datasets.canonical_json import canonical_json, hash_of_json
from annotator.datasets.released import ReleasedStack
from tests.annotator.datasets.released_values import stacks


@settings(max_examples=60, deadline=None)
@given(stacks)
def test_a_stack_comes_back_from_json_as_it_went_and_so_does_its_hash(stack: ReleasedStack) -> None:
    written = canonical_json(stack.to_json())
    read = ReleasedStack.from_json(json.loads(written))
    assert read == stack
    assert canonical_json(read.to_json()) == written


def test_the_hash_of_json_does_not_depend_on_the_order_of_keys() -> None:
    assert hash_of_json({"a": 1, "b": [2]}) == hash_of_json({"b": [2], "a": 1})
    assert hash_of_json({"a": 1, "b": [2]}) != hash_of_json({"a": 1, "b": [2.5]})
