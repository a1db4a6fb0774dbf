"""What detection says to people."""

import pytest

from tests.conflicts.detection.examples import EXAMPLES, Example
from tests.words import codes_and_ids_in


@pytest.mark.parametrize("example", [example for example in EXAMPLES if example.is_found], ids=str)
def test_no_description_of_a_conflict_has_a_code_or_an_id(example: Example) -> None:
    descriptions = [conflict.description for conflict in example.detect().conflicts]

    assert descriptions
    assert [codes_and_ids_in(text) for text in descriptions] == [[] for _ in descriptions]
