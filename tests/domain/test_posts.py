"""When the B post stands in for the A post."""

from datetime import timedelta

from domain.ids import DepartmentCode, Subject
from domain.posts import posts_of
from domain.reference import Absence, Post, Staff
from tests.builders import NOON, POLICE

HOUR = timedelta(hours=1)


def a_member(code: str, post: Post | None = Post.A, department: DepartmentCode = POLICE) -> Staff:
    return Staff(code=Subject(code), department=department, post=post)


def away(code: str, since: float, until: float) -> Absence:
    return Absence(
        code=f"{code}{since}",
        staff=Subject(code),
        since=NOON + since * HOUR,
        until=NOON + until * HOUR,
    )


STAFF = (a_member("a"), a_member("b", Post.B), a_member("c", None))


def test_b_waits_while_a_is_there() -> None:
    posts = posts_of(STAFF, (), NOON)
    assert (posts.a, posts.b, posts.a_away_from) == (("a",), ("b",), None)


def test_b_stands_in_at_once_when_a_is_away() -> None:
    assert posts_of(STAFF, [away("a", -2, 2)], NOON).a_away_from == NOON


def test_known_leave_hands_over_when_it_begins() -> None:
    assert posts_of(STAFF, [away("a", 3, 5)], NOON).a_away_from == NOON + 3 * HOUR


def test_leave_that_is_over_counts_no_more() -> None:
    assert posts_of(STAFF, [away("a", -5, 0)], NOON).a_away_from is None


def test_one_of_two_a_posts_is_enough() -> None:
    two = (*STAFF, a_member("a2"))
    assert posts_of(two, [away("a", -1, 9)], NOON).a_away_from is None


def test_two_a_posts_away_together_hand_over() -> None:
    two = (*STAFF, a_member("a2"))
    both = [away("a", -1, 9), away("a2", 2, 4)]
    assert posts_of(two, both, NOON).a_away_from == NOON + 2 * HOUR


def test_absences_one_after_the_other_do_not_meet() -> None:
    two = (*STAFF, a_member("a2"))
    assert posts_of(two, [away("a", 0, 2), away("a2", 2, 4)], NOON).a_away_from is None


def test_department_without_a_post_has_its_b_post() -> None:
    assert posts_of(STAFF[1:], (), NOON).a_away_from == NOON
