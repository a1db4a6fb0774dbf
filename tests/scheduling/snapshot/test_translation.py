"""Translation of guides: each once, however many lists have the same of them."""

import json
from uuid import UUID

from scheduling.siblings.guide_management import GuidePayload
from scheduling.snapshot.translation import guide_of


def answered(number: int = 7, *, last_name: str = "Chen", status: str = "ACTIVE") -> GuidePayload:
    fields = {"id": f"{UUID(int=number)}", "first_name": "Ana", "last_name": last_name, "status": status}
    return GuidePayload.model_validate_json(json.dumps(fields | {"region_ids": []}))


def test_the_same_answer_on_another_list_is_the_same_guide() -> None:
    assert guide_of(answered()) is guide_of(answered())


def test_another_answer_about_a_guide_is_translated_anew() -> None:
    names = [guide_of(answered(last_name=name)).name for name in ("Chen", "Chen-Ruiz", "Chen")]

    assert names == ["Ana Chen", "Ana Chen-Ruiz", "Ana Chen"]
    assert [guide_of(answered(status=status)).is_active for status in ("ACTIVE", "ON_LEAVE")] == [True, False]


def test_guides_of_one_name_are_two() -> None:
    assert guide_of(answered(7)).id != guide_of(answered(8)).id
