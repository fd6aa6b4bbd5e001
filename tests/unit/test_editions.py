"""The states of a release's own page, and who is behind."""

from __future__ import annotations

from crawler.match.editions import State, tell_editions

OLD = [
    "The harbour of Aldport opened its new quay on Monday after two years of work.",
    "It cost 412 million crowns, said Ines Varga, who runs the port.",
    "Three ferries a day will leave for Brenwick from the spring on.",
]
NEW = [OLD[0], OLD[1].replace("412", "421"), OLD[2]]


def state(lines: list[str], seen: str = "2025-12-22T07:00:00Z") -> State:
    return State(seen, "A quay opens", "\n".join(lines), "en")


def test_a_corrected_figure_is_told_with_the_copies_that_still_say_the_old() -> None:
    copies = [("https://old.example/1", "\n".join(OLD)), ("https://new.example/1", "\n".join(NEW)),
              ("https://stub.example/1", OLD[0])]  # fmt: skip
    (edition,) = tell_editions([state(OLD), state(NEW, "2025-12-24T07:00:00Z")], copies)
    assert edition.seen == "2025-12-24T07:00:00Z"
    assert [(change.kind, change.was, change.said) for change in edition.changes] == [("number", "412", "421")]
    assert edition.behind == ("https://old.example/1",)


def test_a_sentence_that_was_taken_out_leaves_those_behind_who_have_it() -> None:
    copies = [("https://old.example/1", "\n".join(OLD)), ("https://new.example/1", "\n".join(OLD[:2]))]
    (edition,) = tell_editions([state(OLD), state(OLD[:2])], copies)
    assert [change.kind for change in edition.changes] == ["sentence-dropped"]
    assert edition.behind == ("https://old.example/1",)


def test_a_sentence_that_was_added_leaves_nobody_behind() -> None:
    (edition,) = tell_editions([state(OLD[:2]), state(OLD)], [("https://old.example/1", "\n".join(OLD[:2]))])
    assert [change.kind for change in edition.changes] == ["sentence-added"]
    assert edition.behind == ()


def test_one_state_is_no_edition_and_three_are_two() -> None:
    assert tell_editions([state(OLD)], []) == ()
    assert len(tell_editions([state(OLD), state(NEW), state(OLD)], [])) == 2
