"""Which variables the workers' libraries find."""

from __future__ import annotations

import os
from ctypes import CDLL

import pytest

from rayteach.runtime import thread_limits

NAMES = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def test_every_library_gets_one_thread() -> None:
    made = thread_limits.environment({"HOME": "/"})
    assert [made[name] for name in NAMES] == ["1"] * 4
    assert made["HOME"] == "/"


def test_what_the_user_set_stays() -> None:
    made = thread_limits.environment({"MKL_NUM_THREADS": "7"})
    assert made["MKL_NUM_THREADS"] == "7"
    assert made["OPENBLAS_NUM_THREADS"] == "1"


def test_who_set_openmp_set_them_all() -> None:
    made = thread_limits.environment({"OMP_NUM_THREADS": "3"})
    assert made["OMP_NUM_THREADS"] == "3"
    assert not made.keys() & set(NAMES[1:])


def test_a_new_limit_leaves_the_users_variables_alone(monkeypatch) -> None:
    made = thread_limits.environment({"MKL_NUM_THREADS": "7"})
    for name, value in made.items():
        monkeypatch.setenv(name, value)
    thread_limits.limit(2)
    assert os.environ["OPENBLAS_NUM_THREADS"] == "2"
    assert os.environ["MKL_NUM_THREADS"] == "7"


def test_a_library_that_cannot_be_opened_is_left_alone(monkeypatch) -> None:
    monkeypatch.setattr(thread_limits, "_loaded", lambda: {"/not/there/libblas.so"})
    with pytest.raises(OSError, match="not/there"):
        CDLL("/not/there/libblas.so")
    thread_limits.limit(1)
