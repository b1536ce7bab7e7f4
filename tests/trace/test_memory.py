from __future__ import annotations

import gc

import pytest

from rayteach.trace.memory import quiet_memory


def test_collection_is_put_off_and_comes_back_also_after_an_error() -> None:
    assert gc.isenabled()
    with pytest.raises(ValueError, match="no"), quiet_memory():
        assert not gc.isenabled()
        raise ValueError("no")
    assert gc.isenabled()


def test_one_inside_another_leaves_it_to_the_outer_one() -> None:
    with quiet_memory():
        with quiet_memory():
            pass
        assert not gc.isenabled()
    assert gc.isenabled()
