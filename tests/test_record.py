"""Records: what a frozen dataclass is."""

import pickle

import pytest

from rayteach.record import Record


class Point(Record):
    x: int
    y: int = 0


class Named(Point):
    name: str = ""


def test_fields_come_by_position_by_name_and_by_default():
    assert Named(1, 2, "a") == Named(x=1, y=2, name="a") == Named(1, name="a", y=2)
    assert (Named(1).y, Named(1).name) == (0, "")
    assert Named(1, 2, "a").values() == (1, 2, "a")


def test_a_record_is_equal_to_records_of_its_own_class_only():
    assert Point(1, 2) != Named(1, 2)
    assert Point(1, 2) != Point(1, 3)
    assert len({Point(1, 2), Point(1, 2), Named(1, 2)}) == 2


def test_a_record_cannot_be_changed():
    point = Point(1)
    with pytest.raises(AttributeError, match=r"Point.x cannot be changed"):
        point.x = 2
    with pytest.raises(AttributeError, match=r"Point.x cannot be deleted"):
        del point.x
    assert point == Point(1)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (Point, "Point needs x"),
        (lambda: Point(y=1), "Point needs x"),
        (lambda: Point(1, 2, 3), "Point has 2 fields, not 3"),
        (lambda: Point(1, z=2), "Point has no field 'z'"),
    ],
)
def test_wrong_fields_are_refused(wrong, message):
    with pytest.raises(TypeError, match=message):
        wrong()


def test_a_copy_may_differ():
    assert Named(1, 2, "a").but(y=3) == Named(1, 3, "a")


def test_it_shows_its_fields_and_travels():
    point = Named(1, name="a")
    assert repr(point) == "Named(x=1, y=0, name='a')"
    assert pickle.loads(pickle.dumps(point)) == point
