"""Other services are built on the served documents: a change of them is seen in a review, and made on purpose."""

import pytest

from tests.contracts import parsed
from tests.contracts.served import ADDRESSES, HERE, differences, served


@pytest.mark.parametrize("name", ADDRESSES)
def test_a_served_document_is_the_committed_one_but_for_its_texts(name: str) -> None:
    committed, current = parsed((HERE / name).read_text()), parsed(served(name))

    lines = list(differences(committed, current))

    assert not lines, "\n".join(
        [f"{name} differs. If that is meant: python -m tests.contracts.served, and commit it.", *lines]
    )


def test_only_texts_may_differ() -> None:
    committed = {"title": "A", "properties": {"title": {"type": "string"}}, "tags": ["a"]}

    assert not list(differences(committed, committed | {"title": "B"}))
    assert list(differences(committed, {"title": "A", "properties": {}, "tags": ["a", "b"]})) == [
        "properties > title: committed {'type': 'string'}, served None",
        "tags: committed ['a'], served ['a', 'b']",
    ]
