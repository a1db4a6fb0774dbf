"""The answers that a process keeps."""

from novatrek_scheduling.api.kept_answers import Kept, KeptAnswers


def test_those_answers_make_room_that_were_asked_for_longest_ago() -> None:
    kept: KeptAnswers[str] = KeptAnswers(most_rows=6)
    for question in "abc":
        kept.keep(question, Kept("mark", "answer", rows=2))
    assert kept.to("a")

    kept.keep("d", Kept("mark", "answer", rows=2))

    assert [question for question in "abcd" if kept.to(question)] == ["a", "c", "d"]
    kept.keep("e", Kept("mark", "answer", rows=5))
    assert [question for question in "acde" if kept.to(question)] == ["e"]


def test_an_answer_takes_the_place_of_the_last_one_to_its_question() -> None:
    kept: KeptAnswers[str] = KeptAnswers(most_rows=6)
    for number in range(9):
        kept.keep("a", Kept(f"mark {number}", "answer", rows=3))
    kept.keep("b", Kept("mark", "another", rows=3))

    assert kept.to("a") == Kept("mark 8", "answer", rows=3)
    assert kept.to("b") == Kept("mark", "another", rows=3)
    assert kept.to("c") is None
